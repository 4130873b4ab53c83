import { parseDocument } from 'yaml';
import type { DescribeImagesParams } from '../../protocol/registries.ts';
import { Client, folderWith, uriOf } from '../server/client.ts';
import { median, percentile, table, time } from './measure.ts';
import { longWorkflow } from './workflows.ts';

/** The server's own quiet time after an edit, milliseconds; what comes after it is its work. */
const debounce = 150;
const edits = 50;

/** Types into a workflow of 3,000 lines, and asks for something else while it is checked. */
export async function editTimes(): Promise<void> {
  const text = longWorkflow(3000);
  const parse = median(Array.from({ length: 9 }, () => time(() => void parseDocument(text, { prettyErrors: false }))));
  const { answers, others, elsewhere } = await typing(text);
  table(`${edits} edits in ${text.split('\n').length} lines (bare YAML ${parse.toFixed(1)} ms), milliseconds after the debounce`, [
    ['', 'p50', 'p95'],
    ['diagnostics', median(answers), percentile(answers, 0.95)],
    ['a hover meanwhile, in the same file', median(others), percentile(others, 0.95)],
    ['a hover meanwhile, in another file', median(elsewhere), percentile(elsewhere, 0.95)],
  ]);
}

/** The same with lenses, hints and live findings: registries that answer must not be felt, whether they are quick or slow. */
export async function liveTimes(): Promise<void> {
  const text = longWorkflow(3000);
  const rows: (string | number)[][] = [];
  for (const [name, latency] of [
    ['no registries', undefined],
    ['they answer at once', 0],
    ['they take 3 s', 3000],
  ] as const) {
    const { answers, others, references, batches } = await typing(text, latency);
    rows.push([name, references, batches, median(answers), percentile(answers, 0.95), median(others), percentile(others, 0.95)]);
  }
  table(`${edits} edits in ${text.split('\n').length} lines beside registries, milliseconds after the debounce`, [
    ['', 'references', 'batches', 'diagnostics p50', 'p95', 'lenses p50', 'p95'],
    ...rows,
  ]);
}

interface Typed {
  readonly answers: readonly number[];
  readonly others: readonly number[];
  /** Hovers in another open file. */
  readonly elsewhere: readonly number[];
  /** References that the client was asked about, and in how many batches. */
  readonly references: number;
  readonly batches: number;
}

/** `latency`: milliseconds until the client answers what is asked of registries; it answers nothing where that is absent. */
async function typing(text: string, latency?: number): Promise<Typed> {
  const short = 'on: push\njobs: {}\n';
  const folder = folderWith({ '.github/workflows/long.yml': text, '.github/workflows/short.yml': short });
  const uri = uriOf(`${folder}/.github/workflows/long.yml`);
  const other = uriOf(`${folder}/.github/workflows/short.yml`);
  const capabilities = { textDocument: { diagnostic: {} }, workspace: { codeLens: { refreshSupport: true } } };
  const client = await Client.start({
    capabilities,
    folders: [folder],
    initializationOptions: { answersRegistries: latency !== undefined },
  });
  let [references, batches] = [0, 0];
  client.connection.onRequest('tallyman/describeImages', async (params: DescribeImagesParams) => {
    references += params.references.length;
    batches++;
    await new Promise(resolve => setTimeout(resolve, latency));
    const digest = `sha256:${'a'.repeat(64)}`;
    return { images: params.references.map(() => ({ status: 'found', digest, readAt: new Date().toISOString(), aliases: ['latest'] })) };
  });
  client.connection.onRequest('workspace/codeLens/refresh', () => null);
  await client.open(uri, text);
  await client.open(other, short);
  await client.pull(uri);
  await client.pull(other);
  if (latency === 0) await new Promise(resolve => setTimeout(resolve, 1000));
  const lines = text.split('\n');
  const answers: number[] = [];
  const others: number[] = [];
  const elsewhere: number[] = [];
  const [method, more] =
    latency === undefined ? ['textDocument/hover', { position: { line: 0, character: 0 } }] : (['textDocument/codeLens', {}] as const);
  for (let edit = 0; edit < edits; edit++) {
    const line = Math.floor((edit * lines.length) / edits);
    const end = { line, character: lines[line]?.length ?? 0 };
    const started = performance.now();
    await client.change(uri, ` #${edit}`, { start: end, end });
    lines[line] += ` #${edit}`;
    const pulled = client.pull(uri).then(() => performance.now() - started - debounce);
    // Just after the quiet time, when the check is under way.
    await new Promise(resolve => setTimeout(resolve, debounce + 5));
    const asked = performance.now();
    const hover = { textDocument: { uri: other }, position: { line: 0, character: 0 } };
    const hovered = client.connection.sendRequest('textDocument/hover', hover).then(() => elsewhere.push(performance.now() - asked));
    await client.connection.sendRequest(method, { textDocument: { uri }, ...more }).catch(() => null);
    others.push(performance.now() - asked);
    await hovered;
    answers.push(await pulled);
  }
  await client.stop();
  return { answers, others, elsewhere, references, batches };
}
