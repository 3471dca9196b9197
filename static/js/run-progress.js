/* How far an analysis is, without loading the page again until it has ended. Without this, Refresh does it. */

const EVERY = 1500;
const SLOWEST = 15_000;
const run = document.querySelector("[data-run]");

async function look(wait) {
  await new Promise((later) => setTimeout(later, wait));
  if (document.hidden) return look(wait);
  let next = EVERY;
  try {
    const answer = await fetch(run.dataset.run, { credentials: "same-origin", headers: { Accept: "application/json" } });
    if (answer.status === 401 || answer.status === 403 || answer.status === 404 || answer.redirected) return location.reload();
    if (answer.ok) {
      const told = await answer.json();
      if (!told.under_way) return location.reload();
      show(told);
    } else next = Math.min(wait * 2, SLOWEST);
  } catch { next = Math.min(wait * 2, SLOWEST); }
  return look(next);
}

function show(told) {
  const bar = run.querySelector("[data-run-bar]");
  const stage = run.querySelector("[data-run-stage]");
  if (told.percent === null) bar.removeAttribute("value"); else bar.value = told.percent;
  if (stage.textContent !== told.stage) stage.textContent = told.stage; /* said again only when it changes */
}

if (run) look(EVERY);
