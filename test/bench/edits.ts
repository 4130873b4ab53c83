import { parseDocument } from 'yaml';
import { Client, folderWith, uriOf } from '../server/client.ts';
import { median, percentile, table, time } from './measure.ts';
import { longWorkflow } from './workflows.ts';

/** The server's own quiet time after an edit, milliseconds; what comes after it is its work. */
const debounce = 150;

/** Types into a workflow of 3,000 lines, and asks for something else while it is checked. */
export async function editTimes(): Promise<void> {
  const text = longWorkflow(3000);
  const folder = folderWith({ '.github/workflows/long.yml': text });
  const uri = uriOf(`${folder}/.github/workflows/long.yml`);
  const client = await Client.start({ capabilities: { textDocument: { diagnostic: {} } }, folders: [folder] });
  await client.open(uri, text);
  await client.pull(uri);
  const lines = text.split('\n');
  const answers: number[] = [];
  const others: number[] = [];
  for (let edit = 0; edit < 50; edit++) {
    const line = Math.floor((edit * lines.length) / 50);
    const end = { line, character: lines[line]?.length ?? 0 };
    const started = performance.now();
    await client.change(uri, ` #${edit}`, { start: end, end });
    lines[line] += ` #${edit}`;
    const pulled = client.pull(uri).then(() => performance.now() - started - debounce);
    // Just after the quiet time, when the check is under way.
    await new Promise(resolve => setTimeout(resolve, debounce + 5));
    const asked = performance.now();
    // The server has no hover yet; that it says so is an answer that any work holds up.
    await client.connection
      .sendRequest('textDocument/hover', { textDocument: { uri }, position: { line: 0, character: 0 } })
      .catch(() => null);
    others.push(performance.now() - asked);
    answers.push(await pulled);
  }
  await client.stop();
  const parse = median(Array.from({ length: 9 }, () => time(() => void parseDocument(text, { prettyErrors: false }))));
  table(`50 edits in ${lines.length} lines (bare YAML ${parse.toFixed(1)} ms), milliseconds after the debounce`, [
    ['', 'p50', 'p95'],
    ['diagnostics', median(answers), percentile(answers, 0.95)],
    ['another request meanwhile', median(others), percentile(others, 0.95)],
  ]);
}
