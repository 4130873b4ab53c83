import * as vscode from 'vscode';
import { type CompareOptions, compareImages as compare } from '../../core/inspection/compare.ts';
import { comparisonReport, shortName } from '../../core/inspection/comparisonReport.ts';
import { markdown } from '../../core/inspection/markdown.ts';
import { planning } from './carryOut.ts';
import type { Command, Parts } from './command.ts';
import { type Image, imageFor, nameOf, selectedImages } from './images.ts';

/** Set while an image is chosen to be compared: then the menu offers the second half. */
const selectedKey = 'tallyman.compareSelected';

/** Two images side by side on one page: the two rows that are selected, or those that are picked. */
export const compareImages: Command = {
  name: 'compareImages',
  async run(parts, argument, selection) {
    const { registries } = parts;
    const [first, second, ...more] = selectedImages(registries, selection);
    if (more.length > 0) throw new Error('Only two images can be compared. Select two.');
    const a = first ?? (await imageFor(registries, argument, 'Compare: the First Image'));
    const b = a && (second ?? (await imageFor(registries, undefined, 'Compare: the Second Image')));
    if (a && b) await show(parts, a, b);
  },
};

export const selectForCompare: Command = {
  name: 'selectForCompare',
  async run(parts, argument) {
    const image = await imageFor(parts.registries, argument, 'Select for Compare');
    if (!image) return;
    parts.compareSelection.image = image;
    await vscode.commands.executeCommand('setContext', selectedKey, true);
    vscode.window.setStatusBarMessage(`Selected ${nameOf(image)} for comparing`, 5000);
  },
};

export const compareWithSelected: Command = {
  name: 'compareWithSelected',
  async run(parts, argument) {
    const { image: first } = parts.compareSelection;
    if (!first) throw new Error('Select an image for comparing first.');
    const second = await imageFor(parts.registries, argument, `Compare ${nameOf(first)} with`);
    if (second) await show(parts, first, second);
  },
};

async function show({ registries, pages }: Parts, a: Image, b: Image): Promise<void> {
  const at = ({ host, repository, reference }: Image) => ({ registry: registries.at(host), repository, reference });
  const options = ({ signal, commitsBetween }: CompareOptions) => ({
    ...(signal && { signal }),
    ...(commitsBetween && { commitsBetween }),
  });
  const comparison = await planning(`Reading ${nameOf(a)} and ${nameOf(b)}…`, given => compare(at(a), at(b), options(given)));
  await pages.showMarkdown(`${shortName(comparison.a)} ↔ ${shortName(comparison.b)}`, markdown(comparisonReport(comparison)));
}
