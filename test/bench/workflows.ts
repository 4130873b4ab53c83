import { corpus, ownWorkflows } from '../core/corpus.ts';

const real = corpus();

/** What the tables are measured on, and how they say so. */
export const files: readonly { readonly path: string; readonly text: string }[] = real.length > 0 ? real : ownWorkflows();
export const source = real.length > 0 ? 'the corpus' : 'our own workflows (no corpus: set TALLYMAN_CORPUS)';

/** One workflow of at least so many lines: the jobs of real ones under names of their own. */
export function longWorkflow(lines: number): string {
  const jobs = files.flatMap(({ text }) => {
    const section = /^jobs:\n((?: {2,}.*\n|\s*\n|\s*#.*\n)+)/m.exec(text)?.[1] ?? '';
    // Only jobs that are indented by two and use no anchors can stand in another file.
    return /[&*]\w/.test(section) || !/^ {2}[\w-]+:\s*$/m.test(section)
      ? []
      : section.split(/^(?= {2}[\w-]+:\s*$)/m).filter(job => /^ {2}[\w-]+:/.test(job));
  });
  const parts = ['on: [push, pull_request]\njobs:\n'];
  for (let count = 2, index = 0; count < lines && jobs.length > 0; index++) {
    const job = (jobs[index % jobs.length] ?? '')
      .replace(/^ {2}([\w-]+):/, `  $1-${index}:`)
      .replace(/^ {4}needs:.*\n(?: {6,}- .*\n)*/m, '');
    parts.push(job);
    count += job.split('\n').length - 1;
  }
  return parts.join('').split('\n').slice(0, lines).join('\n');
}
