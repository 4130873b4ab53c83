import { judgeLabels } from '../core/labels.ts';
import { print, table } from './measure.ts';

/** What a reviewer would say of the corpus, and what is said; a row for each group of rules. */
export async function labelTable(): Promise<void> {
  const judged = await judgeLabels();
  if (!judged) {
    print('Found and quiet: no corpus at hand (set TALLYMAN_CORPUS to a folder with labels.tsv).\n');
    return;
  }
  const groups = [...new Set(judged.map(({ rules }) => rules.join('|')))].sort();
  const row = (name: string, labels: typeof judged) => {
    const fire = labels.filter(({ verdict }) => verdict === 'fire');
    const silent = labels.filter(({ verdict }) => verdict === 'silent');
    const share = (count: number, all: number) => `${count} of ${all}`;
    return [name, share(fire.filter(({ by }) => by).length, fire.length), share(silent.filter(({ by }) => by).length, silent.length)];
  };
  table('Found and quiet: labels of the corpus', [
    ['', 'found', 'alarmed'],
    ...groups.map(group =>
      row(
        group,
        judged.filter(({ rules }) => rules.join('|') === group),
      ),
    ),
    row('all', judged),
  ]);
}
