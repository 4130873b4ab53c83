import { pull } from '../docker/images.ts';
import { all, flags, isOn, last } from '../flags.ts';
import { loginVerb } from '../login.ts';
import { noFlags, program, type Verb } from '../program.ts';
import { composed, inRegistry, referenceOrTag, repositoryOf } from '../references.ts';
import { removes } from '../removals.ts';

const regctlFlags = flags(
  '-p|--platform --platforms --format --referrers-src --referrers-tgt --create --digest --ref --artifact-type --annotation --label ' +
    '--label-annotation --base-name --base-digest --time --layer-compress --expose-add --user -v|--verbosity --logopt --host',
);

const copy: Verb = {
  names: ['image copy', 'image cp'],
  flags: regctlFlags,
  read(line, { at }) {
    const [from, to] = line.positionals.slice(-2).map(inRegistry);
    const allPlatforms = last(line, '--platform') ? false : last(line, '--platforms') ? undefined : true;
    if (from && to) return [{ kind: 'retag', tool: 'regctl image copy', at, from, to, remote: true, allPlatforms }];
    if (to) return [{ kind: 'push', tool: 'regctl image copy', at: to.span, reference: to }];
    return from ? pull(from) : [];
  },
};

/** A changed image under the name of `--create`, which may be a tag alone, or in place of the old one. */
const mod: Verb = {
  names: ['image mod'],
  flags: regctlFlags,
  read(line, { at }) {
    const [from] = line.positionals;
    const create = last(line, '--create');
    const to = create && from ? referenceOrTag(create, from) : isOn(line, '--replace') === true ? from : undefined;
    return from && to
      ? [
          {
            kind: 'retag',
            tool: 'regctl image mod',
            at,
            from,
            to,
            remote: true,
            allPlatforms: true,
            rewrites: { by: 'regctl image mod', at },
          },
        ]
      : [];
  },
};

const index: Verb = {
  names: ['index create', 'index add'],
  flags: regctlFlags,
  read(line, { at, verb }) {
    const [to] = line.positionals;
    if (!to) return [];
    const repository = repositoryOf(to).template;
    const [from, ...others] = [...all(line, '--ref'), ...all(line, '--digest').map(digest => composed(repository, '@', digest))];
    return from ? [{ kind: 'retag', tool: `regctl ${verb}`, at, from, others, to, remote: true, allPlatforms: true }] : [];
  },
};

const inspect: Verb = {
  names: [
    'image digest',
    'image manifest',
    'image inspect',
    'image config',
    'manifest head',
    'manifest get',
    'manifest digest',
    'manifest diff',
  ],
  flags: regctlFlags,
  read: ({ positionals }, { verb }) =>
    positionals
      .slice(0, 1)
      .flatMap(item => inRegistry(item) ?? [])
      .map(reference => ({ kind: 'inspect', tool: `regctl ${verb}`, at: reference.span, reference })),
};

const put: Verb = {
  names: ['image import', 'manifest put'],
  flags: regctlFlags,
  read: ({ positionals: [reference] }, { verb }) =>
    reference ? [{ kind: 'push', tool: `regctl ${verb}`, at: reference.span, reference }] : [],
};

const fetch: Verb = {
  names: ['image export', 'image get-file'],
  flags: regctlFlags,
  read: ({ positionals }) => positionals.slice(0, 1).flatMap(pull),
};

/** Of a tag alone, of a manifest with all its tags. */
const remove = removes(
  'regctl',
  [
    'tag delete',
    'tag del',
    'tag rm',
    'image delete',
    'image del',
    'image rm',
    'image remove',
    'manifest delete',
    'manifest del',
    'manifest rm',
  ],
  regctlFlags,
);

export const regctl = program(['regctl'], noFlags, [copy, mod, index, inspect, put, fetch, remove, loginVerb('registry login')]);
