import { derived, display, literal } from '../../../image/template.ts';
import type { Fact, Item } from '../../usage.ts';
import { flags, isOn, last } from '../flags.ts';
import type { Call, Verb } from '../program.ts';
import { inRegistry } from '../references.ts';
import { pull } from './images.ts';

const runFlags = flags(
  '-a|--attach --add-host --annotation --blkio-weight --cap-add --cap-drop --cgroup-parent --cgroupns --cidfile --cpu-period --cpu-quota ' +
    '--cpu-rt-period --cpu-rt-runtime -c|--cpu-shares --cpus --cpuset-cpus --cpuset-mems --detach-keys --device --device-cgroup-rule ' +
    '--device-read-bps --device-read-iops --device-write-bps --dns --dns-option --dns-search --domainname --entrypoint -e|--env --env-file ' +
    '--expose --gpus --group-add --health-cmd --health-interval --health-retries --health-start-period --health-timeout -h|--hostname --ip ' +
    '--ip6 --ipc --isolation --kernel-memory -l|--label --label-file --link --link-local-ip --log-driver --log-opt --mac-address -m|--memory ' +
    '--memory-reservation --memory-swap --memory-swappiness --mount --name --net --net-alias --network --network-alias --oom-score-adj --pid ' +
    '--pids-limit --platform -p|--publish --pull --requirepass --restart --runtime --security-opt --shm-size --stop-signal --stop-timeout ' +
    '--storage-opt --sysctl --tmpfs --ulimit -u|--user --userns --uts -v|--volume --volume-driver --volumes-from -w|--workdir ' +
    '--authfile --arch --os --variant --secret --pod --systemd --tz --userns --env-host',
);

/** Where a command acts on: another machine, by ssh or by the host or context that it is given. */
export function elsewhere({ command, context, globals }: Call): string | undefined {
  if (command.remote) return '';
  const named = last(globals, '--context', '--host')?.template ?? context.variable(command, 'DOCKER_HOST');
  if (!named) return undefined;
  const known = literal(named);
  return known === 'default' || known?.startsWith('unix:') || /^tcp:\/\/(?:localhost|127\.|docker\b)/.test(known ?? '')
    ? undefined
    : display(named);
}

/** `docker run IMAGE` takes the image from its registry; on a server it makes it run there. */
export const run: Verb = {
  names: ['run', 'container run', 'create', 'container create'],
  flags: runFlags,
  stop: true,
  read(line, call) {
    const [named, ...args] = line.positionals;
    const image = named && inRegistry(named);
    if (!image) return [];
    const name = last(line, '--name');
    const host = elsewhere(call);
    const deploys = host !== undefined && isOn(line, '--rm') === false;
    const target = [display(name?.template ?? []), host].filter(Boolean);
    const first: readonly Fact[] = deploys
      ? [{ kind: 'deploy', at: image.span, reference: image, target: target.join(' ') }]
      : call.context.isHere(image.template) || literal(last(line, '--pull')?.template ?? []) === 'never'
        ? []
        : pull(image);
    return [...first, ...inside(image, args, call)];
  },
};

/** Images whose entry point is a program that is understood here, by the end of their name. */
const programs: readonly (readonly [RegExp, string])[] = [
  [/(?:^|\/)kaniko-project\/executor(?:[:@]|$)/, 'executor'],
  [/(?:^|\/)(?:skopeo\/stable|containers\/skopeo)(?:[:@]|$)/, 'skopeo'],
  [/(?:^|\/)go-containerregistry\/(?:gcrane|crane)(?:[:@]|$)/, 'crane'],
  [/(?:^|\/)regclient\/regctl(?:[:@]|$)/, 'regctl'],
  [/(?:^|\/)oras-project\/oras(?:[:@]|$)/, 'oras'],
  [/(?:^|\/)projectsigstore\/cosign(?:[:@]|$)/, 'cosign'],
];

/** `docker run gcr.io/kaniko-project/executor --destination=…`: what the program in the container does. */
function inside(image: Item, args: readonly Item[], { command, context }: Call): readonly Fact[] {
  const name = display(image.template);
  const program = programs.find(([pattern]) => pattern.test(name))?.[1];
  if (!program) return [];
  return context.facts({ ...command, words: [{ template: derived(program, image.span), span: image.span }, ...args] });
}

const serviceFlags = flags(
  '--image --name -e|--env --env-add --env-rm -l|--label --label-add --label-rm --mount --mount-add --network --network-add -p|--publish ' +
    '--publish-add --publish-rm --replicas --constraint --constraint-add --secret --secret-add --config --config-add --update-delay ' +
    '--update-parallelism --update-order --update-failure-action --rollback-order --limit-cpu --limit-memory --reserve-cpu --reserve-memory ' +
    '--restart-condition --restart-delay --restart-max-attempts --mode --user -u --workdir -w --hostname --log-driver --log-opt --stop-grace-period',
);

const updateService: Verb = {
  names: ['service update'],
  flags: serviceFlags,
  read(line) {
    const target = line.positionals.map(({ template }) => display(template)).join(' ');
    const image = last(line, '--image');
    if (image) return [{ kind: 'deploy', at: image.span, reference: image, target }];
    const at = line.positionals.at(-1)?.span;
    return at && isOn(line, '--force') === true ? [{ kind: 'restart', at, target }] : [];
  },
};

const createService: Verb = {
  names: ['service create'],
  flags: serviceFlags,
  stop: true,
  read(line) {
    const [image] = line.positionals;
    const name = last(line, '--name');
    return image ? [{ kind: 'deploy', at: image.span, reference: image, target: display(name?.template ?? []) }] : [];
  },
};

export const services: readonly Verb[] = [run, updateService, createService];
