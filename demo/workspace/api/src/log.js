/** One JSON object a line, as the log collector reads it. */
export function log(event, fields) {
  process.stdout.write(`${JSON.stringify({ time: new Date().toISOString(), event, ...fields })}\n`);
}
