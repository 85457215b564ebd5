"use strict";

const form = document.getElementById("upload-form");
const body = document.getElementById("body");
const status = form.querySelector(".status");
const button = form.querySelector("button");

function insertAtCursor(text) {
  const before = body.value.slice(0, body.selectionStart);
  const lead = before === "" || before.endsWith("\n\n") ? "" : before.endsWith("\n") ? "\n" : "\n\n";
  body.setRangeText(`${lead}${text}\n\n`, body.selectionStart, body.selectionEnd, "end");
  body.dispatchEvent(new Event("input", { bubbles: true }));
  body.focus();
}

async function readReply(response) {
  const fallback = { error: `The server answered ${response.status}.` };
  const type = response.headers.get("Content-Type") || "";
  return type.includes("json") ? response.json() : fallback;
}

async function upload() {
  const response = await fetch(form.action, {
    method: "POST",
    body: new FormData(form),
    headers: { Accept: "application/json" },
  });
  const reply = await readReply(response);
  if (!response.ok) throw new Error(reply.error);
  insertAtCursor(reply.markdown);
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  button.disabled = true;
  status.textContent = "Uploading …";
  try {
    await upload();
    form.reset();
    status.textContent = "Inserted into the text.";
  } catch (error) {
    status.textContent = error.message;
  } finally {
    button.disabled = false;
  }
});

let unsaved = false;
const postForm = document.getElementById("post-form");
postForm.addEventListener("input", () => { unsaved = true; });
postForm.addEventListener("submit", () => { unsaved = false; });
window.addEventListener("beforeunload", (event) => {
  if (unsaved) event.preventDefault();
});
