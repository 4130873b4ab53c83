// How the scripts talk: one short line a step, one sentence when something is wrong.
const started = Date.now();
/** On a terminal a running step's line is not ended yet, so that its result can replace it. */
let lineIsOpen = false;

/** A failure whose message is a whole sentence that says what to do; shown without a stack trace. */
export class Trouble extends Error {}

export function say(text) {
  process.stdout.write(`${text}\n`);
}

/** Seconds since `since`, with one digit below ten. */
export function seconds(since = started) {
  const passed = (Date.now() - since) / 1000;
  return `${passed < 10 ? passed.toFixed(1) : Math.round(passed)} s`;
}

/** Shows that `work` has begun and, when it is done, how long it took; answers what `work` answers. */
export async function step(title, work) {
  const since = Date.now();
  const live = process.stdout.isTTY;
  if (live && lineIsOpen) process.stdout.write('\n');
  process.stdout.write(live ? `… ${title}` : `… ${title}\n`);
  lineIsOpen = true;
  try {
    const result = await work();
    process.stdout.write(`${live ? '\r\x1b[K' : ''}✓ ${title} (${seconds(since)})\n`);
    return result;
  } catch (error) {
    process.stdout.write(`${live ? '\r\x1b[K' : ''}✗ ${title} (${seconds(since)})\n`);
    throw error;
  } finally {
    lineIsOpen = false;
  }
}

/** Runs a script's body: a Trouble ends it with its sentence, anything else is our mistake and shows its trace. */
export async function main(body) {
  try {
    process.exitCode = (await body()) ?? process.exitCode ?? 0;
  } catch (error) {
    process.stderr.write(`\n${error instanceof Trouble ? error.message : error.stack}\n`);
    process.exitCode = 1;
  }
}
