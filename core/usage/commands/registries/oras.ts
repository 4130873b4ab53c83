import type { Fact, Item } from '../../usage.ts';
import { pull } from '../docker/images.ts';
import { flags, isOn, last } from '../flags.ts';
import { loginVerb } from '../login.ts';
import { noFlags, program, type Verb } from '../program.ts';
import { referenceOrTag, withTags } from '../references.ts';
import { removes } from '../removals.ts';

const orasFlags = flags(
  '--platform -a|--annotation --annotation-file --artifact-platform --artifact-type --config --ca-file --cert-file --key-file --concurrency ' +
    '--export-manifest --format --from-username --from-password --from-registry-config --to-username --to-password --to-registry-config ' +
    '-u|--username -p|--password --registry-config -o|--output --media-type --resolve --subject --template --oci-layout-path --depth',
);

const copy: Verb = {
  names: ['cp', 'copy'],
  flags: orasFlags,
  read(line, { at }) {
    const [from, to] = line.positionals.slice(-2);
    if (!from || !to) return [];
    const fromFile = isOn(line, '--from-oci-layout', '--from-oci-layout-path') !== false;
    if (isOn(line, '--to-oci-layout', '--to-oci-layout-path') !== false) return fromFile ? [] : pull(from);
    const allPlatforms = last(line, '--platform') === undefined;
    return withTags(to).map((name): Fact => {
      if (fromFile) return { kind: 'push', tool: 'oras cp', at: name.span, reference: name };
      return { kind: 'retag', tool: 'oras cp', at, from, to: name, remote: true, allPlatforms };
    });
  },
};

const tag: Verb = {
  names: ['tag'],
  flags: orasFlags,
  read({ positionals: [from, ...names] }, { at }) {
    if (!from) return [];
    return names.map(name => ({
      kind: 'retag',
      tool: 'oras tag',
      at,
      from,
      to: referenceOrTag(name, from),
      remote: true,
      allPlatforms: true,
    }));
  },
};

const push: Verb = {
  names: ['push', 'manifest push'],
  flags: orasFlags,
  read(line, { verb }) {
    const [named] = line.positionals;
    if (!named || isOn(line, '--oci-layout') !== false) return [];
    return withTags(named).map(reference => ({ kind: 'push', tool: `oras ${verb}`, at: reference.span, reference }));
  },
};

/** An artifact about an image: evidence, as a signature is. */
const attach: Verb = {
  names: ['attach'],
  flags: orasFlags,
  read: ({ positionals }) =>
    positionals.slice(0, 1).map((reference): Fact => ({ kind: 'sign', tool: 'oras attach', at: reference.span, reference })),
};

const index: Verb = {
  names: ['manifest index create'],
  flags: orasFlags,
  read({ positionals: [named, ...sources] }, { at, verb }) {
    const [from, ...others] = named ? sources.map(source => referenceOrTag(source, named)) : [];
    if (!named || !from) return [];
    return withTags(named).map(to => ({ kind: 'retag', tool: `oras ${verb}`, at, from, others, to, remote: true, allPlatforms: true }));
  },
};

const inspect: Verb = {
  names: ['manifest fetch', 'manifest fetch-config', 'resolve', 'discover'],
  flags: orasFlags,
  read(line, { verb }) {
    if (isOn(line, '--oci-layout') !== false) return [];
    return line.positionals
      .slice(0, 1)
      .map((reference: Item): Fact => ({ kind: 'inspect', tool: `oras ${verb}`, at: reference.span, reference }));
  },
};

const fetch: Verb = {
  names: ['pull'],
  flags: orasFlags,
  read: ({ positionals }) => positionals.slice(0, 1).flatMap(pull),
};

export const oras = program(['oras'], noFlags, [
  copy,
  tag,
  push,
  attach,
  index,
  inspect,
  fetch,
  removes('oras', ['manifest delete'], orasFlags),
  loginVerb('login'),
]);
