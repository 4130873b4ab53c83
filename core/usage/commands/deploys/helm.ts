import { join, split } from '../../../image/split.ts';
import { display, literal, type Template } from '../../../image/template.ts';
import type { Item } from '../../usage.ts';
import { all, type CommandLine, flags, isOn, itemIn, joined, last } from '../flags.ts';
import { loginVerb } from '../login.ts';
import { type Call, program, type Verb } from '../program.ts';
import { valuesIn } from './files.ts';
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
    return deploysOf([...fileSettings(line, call), ...settings(line)], target(line, call));
  },
};

function target(line: CommandLine, { globals }: Call): string {
  const where = joined(globals, line);
  const named = [...line.positionals.slice(0, 1), ...all(where, '--namespace', '--kube-context', '--environment')];
  return named.map(({ template }) => display(template)).join(' ');
}

/** What the chart's own values and the files of `--values` say of images, where they are in the repository; later ones win. */
function fileSettings(line: CommandLine, { at, context }: Call): readonly Setting[] {
  const chart = line.positionals.at(-1);
  const folder = literal(chart?.template ?? []);
  const own =
    folder !== undefined && /^[\w./-]+$/.test(folder)
      ? [{ path: `${folder.replace(/\/$/, '')}/values.yaml`, span: chart?.span ?? at }]
      : [];
  const named = all(line, '--values').flatMap(({ template, span }) => {
    const path = literal(template);
    return path === undefined ? [] : [{ path, span }];
  });
  return [...own, ...named].flatMap(({ path, span }) => {
    const file = context.repositoryFile(path);
    return file ? valuesIn(file, span) : [];
  });
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
