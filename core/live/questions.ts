import type { Workspace } from '../workspace/workspace.ts';
import { type Answers, type ImageName, imageKey } from './answers.ts';
import { branchOf, siblings } from './branches.ts';
import { imageNamed, type Surroundings, settled } from './settle.ts';
import type { ImageUse } from './uses.ts';

/** The images that a file's references name, each once, with the other tags of their environments. */
export function imagesOf(uses: readonly ImageUse[], workspace: Workspace): readonly ImageName[] {
  const found = new Map<string, ImageName>();
  for (const use of uses) {
    const { image } = use;
    if (!image) continue;
    const { host, repository } = image;
    for (const one of [image, ...siblings(use, workspace).map(tag => ({ host, repository, tag }))]) found.set(imageKey(one), one);
  }
  return [...found.values()];
}

/** The tags that the workspace writes to these repositories or calls environments, by `host/repository`: they may name the same image. */
export function knownTags(
  images: readonly ImageName[],
  workspace: Workspace,
  around: Surroundings,
): Readonly<Record<string, readonly string[]>> {
  const keyOf = ({ host, repository }: ImageName) => `${host}/${repository}`;
  const tags = new Map(images.map(image => [keyOf(image), new Set<string>()]));
  for (const { reference } of workspace.flow.writes) {
    const image = imageNamed(settled(reference, around));
    if (image?.tag !== undefined) tags.get(keyOf(image))?.add(image.tag);
  }
  for (const [key, known] of tags)
    for (const { tag, aliases } of workspace.policy.environments)
      if (workspace.policy.environmentOf(key, tag)) for (const one of [tag, ...aliases]) known.add(one);
  return Object.fromEntries([...tags].map(([key, known]) => [key, [...known]]));
}

/** Which commits are to be held against which branches, each pair once. */
export function revisionsOf(
  uses: readonly ImageUse[],
  workspace: Workspace,
  answers: Pick<Answers, 'image'>,
): readonly { readonly revision: string; readonly branch: string }[] {
  const found = new Map<string, { readonly revision: string; readonly branch: string }>();
  for (const use of uses) {
    const answer = use.image && answers.image(use.image);
    if (answer?.status !== 'found' || !/^[0-9a-f]{40}(?:[0-9a-f]{24})?$/.test(answer.revision ?? '')) continue;
    const branch = branchOf(use, workspace);
    if (branch !== undefined && answer.revision !== undefined)
      found.set(`${answer.revision} ${branch}`, { revision: answer.revision, branch });
  }
  return [...found.values()];
}
