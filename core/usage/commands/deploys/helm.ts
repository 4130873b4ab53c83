import { join, split } from '../../../image/split.ts';
import { display, literal, type Template } from '../../../image/template.ts';
import type { Item } from '../../usage.ts';
import { all, type CommandLine, flags, isOn, itemIn, joined, last } from '../flags.ts';
import { loginVerb } from '../login.ts';
import { type Call, program, type Verb } from '../program.ts';
import { deploysOf, type Setting, setting } from './settings.ts';

const helmFlags = flags(
  '--set --set-string --set-literal --set-json --set-file -f|--values -n|--namespace --kube-context --kubeconfig --version --repo --username ' +
    '--password --timeout --description --post-renderer --history-max --keyring --ca-file --cert-file --key-file --kube-apiserver --kube-token ' +
    '--registry-config --repository-cache --repository-config -l|--labels -o|--output --wait-for --args -e|--environment --selector --state-values-set ' +
    '--state-values-file --file',
);

/** `helm upgrade RELEASE CHART --set image.tag=…`; charts themselves are no images. */
const upgrade: Verb = {
  names: ['upgrade', 'install', 'apply', 'sync'],
  flags: helmFlags,
  read(line, call) {
    const dryRun = last(line, '--dry-run');
    if (isOn(line, '--dry-run') === true || (dryRun && literal(dryRun.template) !== 'none')) return [];
    return deploysOf(settings(line), target(line, call));
  },
};

function target(line: CommandLine, { globals }: Call): string {
  const where = joined(globals, line);
  const named = [...line.positionals.slice(0, 1), ...all(where, '--namespace', '--kube-context', '--environment')];
  return named.map(({ template }) => display(template)).join(' ');
}

/** The values of all `--set` flags: lists with commas between them, but for `--set-literal`. */
function settings(line: CommandLine): readonly Setting[] {
  const lists = all(line, '--set', '--set-string', '--state-values-set').flatMap(listed);
  return [...lists, ...all(line, '--set-literal')].flatMap(item => setting(item) ?? []);
}

/** `a=1,b=2` with `\,` for a comma in a value. */
function listed(item: Item): readonly Item[] {
  const items: Template[] = [];
  let open = false;
  for (const piece of split(item.template, /,/)) {
    const end = piece.at(-1);
    const goesOn = end?.kind === 'text' && end.text.endsWith('\\');
    items.push(open ? join([items.pop() ?? [], piece], ',') : piece);
    open = goesOn;
  }
  return items.flatMap(template => (template.length > 0 ? [itemIn(item, template)] : []));
}

export const helm = program(['helm', 'helmfile'], helmFlags, [upgrade, loginVerb('registry login')]);
