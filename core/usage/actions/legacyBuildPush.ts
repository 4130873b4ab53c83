import { derived, hole, type Template } from '../../image/template.ts';
import { give } from '../given.ts';
import { standsOn } from '../metadata/text.ts';
import { optionalItem } from '../optional.ts';
import type { ActionFacts, StepReader } from '../stepReader.ts';
import type { Item } from '../usage.ts';
import { loginBy } from './logins.ts';
import { reference, tagged } from './references.ts';

/** docker/build-push-action@v1: `repository` and `registry` apart, tags without them, a login of its own, and pushing by default. */
export function legacyBuild(step: StepReader): ActionFacts {
  const registry = step.input('registry');
  const repository = step.input('repository') ?? [];
  const tags: Item[] = [...tagged(step, registry, repository, step.list('tags', /[\n,]/))];
  const add = (tag: Template, perhaps?: 'tag' | 'branch') => {
    const starts = perhaps ? step.starts.filter(start => standsOn(start) === perhaps) : undefined;
    tags.push(reference(step, registry, repository, give(tag, starts, false)));
  };
  if (step.flag('tag_with_ref', false) !== false) {
    add(hole('the git tag', 'semver', step.at), 'tag');
    add(hole('the branch', 'branchTag', step.at), 'branch');
    // The branch `master` is `latest` there.
    add(derived('latest', step.at), 'branch');
  }
  if (step.flag('tag_with_sha', false) !== false) add([...derived('sha-', step.at), ...hole('github.sha', 'shortSha', step.at)]);
  return {
    facts: [
      ...(step.inputSpan('username') ? [loginBy(step, registry ?? [])] : []),
      {
        kind: 'build',
        tool: step.name,
        at: step.at,
        tags,
        pushes: step.flag('push', true),
        byDigest: false,
        platforms: [],
        ...optionalItem('context', step.item('path')),
        ...optionalItem('dockerfile', step.item('dockerfile')),
        ...optionalItem('target', step.item('target')),
        buildArgs: step.list('build_args', /[\n,]/),
        buildContexts: [],
        labels: step.list('labels', /[\n,]/),
      },
    ],
  };
}
