// What /login, /settings, /people and /search do besides, where there is JavaScript. The server writes
// these lines into those pages and no other; everything here can be done without them.

for (const time of document.querySelectorAll("main time")) {
    time.textContent = new Date(time.dateTime).toLocaleString(document.documentElement.lang, {
        dateStyle: "medium",
        timeStyle: time.dataset.precision === "day" ? undefined : "short",
    });
}

// How hard a new password is to guess: the server knows, and is asked once the keys rest.
for (const input of document.querySelectorAll("input[data-strength]")) {
    const output = document.getElementById(input.dataset.strength);
    let timer, last;
    input.addEventListener("input", () => {
        clearTimeout(timer);
        timer = setTimeout(async () => {
            const password = (last = input.value);
            let word = "";
            if (password.length >= 8) {
                const field = (name) => input.form.elements[name]?.value || undefined;
                const body = JSON.stringify({ password, login: field("login"), name: field("name") });
                const headers = { "content-type": "application/json" };
                const answer = await fetch("/api/auth/strength", { method: "POST", headers, body }).catch(() => null);
                word = answer?.ok ? (await answer.json()).data.word : "";
            } else if (password) {
                word = "short";
            }
            if (password !== last) return;
            output.dataset.word = word;
            output.textContent = output.dataset[word] ?? "";
        }, 300);
    });
}
