// What the page says over the chat: toasts, alerts, and the refusals of what a person tried.

import { act } from "./server.js";

const byId = (id) => document.getElementById(id);
let hiding = null;

/** Does one action; a refusal becomes a toast and null. */
export async function attempt(name, body) {
  try {
    return await act(name, body);
  } catch (error) {
    showToast(error.message);
    return null;
  }
}

export function showToast(text) {
  const toast = byId("toast");
  toast.textContent = text;
  toast.hidden = false;
  clearTimeout(hiding);
  hiding = setTimeout(() => { toast.hidden = true; }, 4000);
}

export function showAlert(text) {
  byId("alert-text").textContent = text;
  if (!byId("alert").open) byId("alert").showModal();
}
