import type { ActionAdapter } from '../stepReader.ts';
import type { Fact } from '../usage.ts';
import { buildInputs } from './buildPush.ts';
import { referencesOf } from './metadata.ts';

/** docker/github-builder's reusable workflows: metadata-action's inputs behind `meta-`; logins, builder, caches and signatures are their own. */
export const githubBuilder: ActionAdapter = {
  names: ['docker/github-builder/.github/workflows/build.yml', 'docker/github-builder/.github/workflows/bake.yml'],
  read(step) {
    const { usage, references } = referencesOf(step, 'meta-');
    const pushes = step.flag('push', false);
    const isImage = step.text('output') === undefined || step.text('output') === 'image';
    const facts: Fact[] = [usage];
    facts.push({
      kind: 'build',
      tool: 'docker/github-builder',
      at: step.at,
      ...buildInputs(step),
      tags: isImage ? references : [],
      pushes: isImage ? pushes : false,
      byDigest: false,
    });
    if (step.text('sign') !== 'false' && pushes !== false) {
      for (const reference of references) facts.push({ kind: 'sign', tool: 'docker/github-builder', at: step.at, reference });
    }
    return { facts };
  },
};
