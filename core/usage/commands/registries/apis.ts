import { split } from '../../../image/split.ts';
import { derived, hole, literal, type Template } from '../../../image/template.ts';
import type { Fact, Item } from '../../usage.ts';
import { type CommandLine, flags, itemIn, last } from '../flags.ts';
import { type Call, noFlags, program, type Verb } from '../program.ts';
import { composed } from '../references.ts';
import { remove, removeSome } from '../removals.ts';

const ghFlags = flags(
  '-X|--method -H|--header -F|--field -f|--raw-field --input -q|--jq -t|--template -p|--preview --cache --hostname -R|--repo',
);
const curlFlags = flags(
  '-X|--request -H|--header -d|--data --data-raw --data-binary --data-urlencode --json -u|--user -o|--output -w|--write-out -m|--max-time ' +
    '--connect-timeout --retry --retry-delay --retry-max-time -b|--cookie -c|--cookie-jar -A|--user-agent -e|--referer -F|--form -T|--upload-file ' +
    '-K|--config -x|--proxy -E|--cert --key --cacert --oauth2-bearer -D|--dump-header --url',
);

function isDelete(line: CommandLine): boolean {
  return literal(last(line, '--method', '--request')?.template ?? [])?.toUpperCase() === 'DELETE';
}

/** `gh api --method DELETE PATH`. */
export const ghApi: Verb = {
  names: ['api'],
  flags: ghFlags,
  read(line, call) {
    const [path] = line.positionals;
    return path && isDelete(line) ? packageVersion(path, 'gh api', call) : [];
  },
};

/** `curl -X DELETE URL` at GitHub's packages, Docker Hub and registries. */
const request: Verb = {
  names: [''],
  flags: curlFlags,
  read(line, call) {
    if (!isDelete(line)) return [];
    const url = last(line, '--url') ?? line.positionals.find(isUrl);
    if (!url) return [];
    const found = packageVersion(url, 'curl', call);
    return found.length > 0 ? found : [...hubTag(url, call), ...manifest(url, call)];
  },
};

function isUrl({ template }: Item): boolean {
  return template.some(part => part.kind === 'text' && part.text.includes('/'));
}

/** The segments of a path or URL that follow the first run of `words`. */
function behind(path: readonly Template[], ...words: readonly string[]): readonly Template[] | undefined {
  const at = path.findIndex((_, index) => words.every((word, offset) => literal(path[index + offset] ?? []) === word));
  return at < 0 ? undefined : path.slice(at + words.length);
}

function segments({ template }: Item): readonly Template[] {
  return split(template, /[/?]/).filter(part => part.length > 0);
}

/** `…/orgs/OWNER/packages/container/NAME/versions/ID`: one version of a package, or without `versions` all of it. */
function packageVersion(path: Item, tool: string, call: Call): readonly Fact[] {
  const all = segments(path);
  const [name, word, version] = behind(all, 'packages', 'container') ?? [];
  if (!name) return [];
  const owner = (behind(all, 'orgs') ?? behind(all, 'users'))?.[0] ?? hole('(the account)', 'login', path.span);
  const template = [...derived('ghcr.io/', path.span), ...owner, ...derived('/', path.span), ...decoded(name)];
  const repository = { template, span: path.span };
  if (!word) return [{ kind: 'delete', tool, at: call.at, reference: repository }];
  return version && literal(word) === 'versions' ? [removeSome(tool, repository, call)] : [];
}

/** `app%2Fweb` is the package `app/web`. */
function decoded(name: Template): Template {
  return name.map(part =>
    part.kind === 'text' && /%2f/i.test(part.text) ? { ...part, text: part.text.replace(/%2f/gi, '/'), derived: true } : part,
  );
}

/** `https://hub.docker.com/v2/repositories/OWNER/NAME/tags/TAG/`, with `namespaces/OWNER/repositories/NAME` too. */
function hubTag(url: Item, call: Call): readonly Fact[] {
  const all = segments(url);
  const path = behind(all, 'hub.docker.com', 'v2');
  const named = path && behind(path, 'namespaces');
  const parts = named ? named.filter(part => literal(part) !== 'repositories') : path && behind(path, 'repositories');
  const [owner, name, word, tag] = parts ?? [];
  if (!owner || !name) return [];
  const repository = { template: [...owner, ...derived('/', url.span), ...name], span: url.span };
  if (!word) return [{ kind: 'delete', tool: 'curl', at: call.at, reference: repository }];
  return tag && literal(word) === 'tags' ? [remove('curl', composed(repository.template, ':', itemIn(url, tag)), call)] : [];
}

/** `https://HOST/v2/NAME/manifests/REFERENCE`, as registries have it. */
function manifest(url: Item, call: Call): readonly Fact[] {
  const all = segments(url);
  const at = all.findIndex(part => literal(part) === 'manifests');
  const from = all.findIndex(part => literal(part) === 'v2');
  const host = all[from - 1];
  const reference = all[at + 1];
  if (at < 0 || from < 0 || !host || !reference || at - from < 2) return [];
  const name = all.slice(from + 1, at).flatMap((part, index) => [...(index > 0 ? derived('/', url.span) : []), ...part]);
  const isDigest =
    literal(reference.slice(0, 1))?.startsWith('sha256:') || /digest/i.test(reference[0]?.kind === 'hole' ? reference[0].source : '');
  const repository: Template = [...host, ...derived('/', url.span), ...name];
  return [remove('curl', composed(repository, isDigest ? '@' : ':', itemIn(url, reference)), call)];
}

export const curl = program(['curl'], noFlags, [request]);
