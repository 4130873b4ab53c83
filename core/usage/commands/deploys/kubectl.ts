import { splitOnce } from '../../../image/split.ts';
import { derived, display, literal } from '../../../image/template.ts';
import type { Fact, Item } from '../../usage.ts';
import { pull } from '../docker/images.ts';
import { all, type CommandLine, flags, isOn, itemIn, joined, last } from '../flags.ts';
import { type Call, program, type Verb } from '../program.ts';
import { filledIn } from './envsubst.ts';
import { kustomizedImages, manifestImages } from './kustomization.ts';
import { sedSettings } from './sed.ts';
import { deploysOf } from './settings.ts';
import { jsonImages, yamlImages } from './written.ts';

const list =
  '-n|--namespace --context --cluster --kubeconfig -f|--filename -l|--selector -o|--output --user -s|--server --field-manager -c|--container ' +
  '--as --token --request-timeout --certificate-authority --timeout --type --field-selector -k|--kustomize';
const kubectlFlags = flags(list);
const podFlags = flags(
  `${list} --image --restart --env --labels --port --overrides --requests --limits --serviceaccount --image-pull-policy --schedule --replicas ` +
    '--target --profile --share-processes --copy-to --annotations --command --docker-image --name --strategy -p|--patch --patch-file',
);

/** Where a command acts: the objects it names, namespace and context. */
function target(line: CommandLine, { globals }: Call, named: readonly Item[] = line.positionals): string {
  const where = joined(globals, line);
  return [...named, ...all(where, '--namespace', '--context', '--cluster')].map(({ template }) => display(template)).join(' ');
}

/** A trial whose result is not written out; what is written out may be applied by the next command. */
function isTrial(line: CommandLine): boolean {
  const dryRun = last(line, '--dry-run');
  const tries = dryRun ? literal(dryRun.template) !== 'none' : isOn(line, '--dry-run') === true;
  return tries && last(line, '--output') === undefined;
}

function deploy(reference: Item, where: string): Fact {
  return { kind: 'deploy', at: reference.span, reference, target: where };
}

/** `kubectl set image KIND/NAME container=REFERENCE…`, also as `KIND NAME container=…`. */
const setImage: Verb = {
  names: ['set image', 'argo rollouts set image'],
  flags: kubectlFlags,
  read(line, call) {
    if (isTrial(line)) return [];
    const where = target(
      line,
      call,
      line.positionals.filter(({ template }) => !splitOnce(template, '=')),
    );
    return line.positionals.flatMap(item => {
      const pair = splitOnce(item.template, '=');
      return pair && pair[1].length > 0 ? [deploy(itemIn(item, pair[1]), where)] : [];
    });
  },
};

const restart: Verb = {
  names: ['rollout restart', 'argo rollouts restart'],
  flags: kubectlFlags,
  read(line, call) {
    return [{ kind: 'restart', at: call.at, target: target(line, call) }];
  },
};

/** Pods that are gone when their command ends are used, not deployed. */
const runPod: Verb = {
  names: ['run', 'debug'],
  flags: podFlags,
  read(line, call) {
    const image = last(line, '--image');
    if (!image || isTrial(line)) return [];
    const passes = call.verb === 'debug' || isOn(line, '--rm') !== false || literal(last(line, '--restart')?.template ?? []) === 'Never';
    return passes ? pull(image) : [deploy(image, target(line, call))];
  },
};

const create: Verb = {
  names: ['create deployment', 'create deploy', 'create job', 'create cronjob', 'new-app'],
  flags: podFlags,
  read(line, call) {
    if (isTrial(line)) return [];
    return all(line, '--image', '--docker-image').map(image => deploy(image, target(line, call)));
  },
};

const patch: Verb = {
  names: ['patch'],
  flags: podFlags,
  read(line, call) {
    if (isTrial(line)) return [];
    return all(line, '--patch').flatMap(text => {
      // JSON in braces reads as YAML too.
      const json = jsonImages(text);
      return (json.length > 0 ? json : yamlImages(text)).map(image => deploy(image, target(line, call)));
    });
  },
};

/** Manifests from a here-document, a pipe or a file of the workspace. */
const apply: Verb = {
  names: ['apply', 'create', 'replace'],
  flags: kubectlFlags,
  read(line, call) {
    if (isTrial(line)) return [];
    const where = target(line, call, []);
    const deep = isOn(line, '-R', '--recursive') === true;
    return [
      ...all(line, '--filename').flatMap(file => [
        ...manifest(file, call, deep).map(image => deploy(image, where)),
        ...(isStdin(file) ? piped(call, where) : []),
      ]),
      ...all(line, '--kustomize').flatMap(folder => kustomized(folder, call).map(image => deploy(image, where))),
    ];
  },
};

/** What the kustomization in a folder makes run. */
function kustomized(folder: Item, { context }: Call): readonly Item[] {
  const path = literal(folder.template);
  return path === undefined ? [] : kustomizedImages(path, folder.span, context);
}

function isStdin({ template }: Item): boolean {
  return /^(?:-|\/dev\/stdin)$/.test(literal(template) ?? '');
}

/** `sed s/…/…/ file | kubectl apply -f -`, `helm template … | kubectl apply -f -`: what the program before writes into the manifest. */
function piped({ command: { from }, context }: Call, where: string): readonly Fact[] {
  const [name, ...words] = from?.words ?? [];
  const program = literal(name?.template ?? []);
  if (!from || !name) return [];
  if (program === 'sed') return deploysOf(sedSettings(from), where);
  if (program === 'envsubst') return deploysOf(filledIn(from, context), where);
  const [verb, ...rest] = words;
  if (
    (program === 'kustomize' && literal(verb?.template ?? []) === 'build') ||
    (program === 'kubectl' && literal(verb?.template ?? []) === 'kustomize')
  ) {
    const folder = rest.find(({ template }) => !literal(template)?.startsWith('-'));
    const path = folder ? literal(folder.template) : '.';
    return path === undefined ? [] : kustomizedImages(path, folder?.span ?? name.span, context).map(image => deploy(image, where));
  }
  if (program !== 'helm' || !verb || literal(verb.template) !== 'template') return [];
  return context.facts({ ...from, words: [name, { template: derived('upgrade', verb.span), span: verb.span }, ...rest] });
}

function manifest(file: Item, { command, context }: Call, deep: boolean): readonly Item[] {
  if (isStdin(file)) {
    const text = command.input ?? command.from?.input;
    return text ? yamlImages({ template: text, span: spanOf(command.input ? command : command.from) ?? file.span }) : [];
  }
  const path = literal(file.template);
  return path === undefined ? [] : manifestImages(path, file.span, context, deep);
}

/** The places of a here-document lie behind its command. */
function spanOf(command: Call['command'] | undefined): Item['span'] | undefined {
  const input = command?.input?.at(-1);
  return command && input ? { start: command.span.start, end: Math.max(command.span.end, input.at.end) } : undefined;
}

/** `kubectl` and OpenShift's `oc`. */
export const kubectl = program(['kubectl', 'oc'], kubectlFlags, [setImage, restart, runPod, create, patch, apply]);
