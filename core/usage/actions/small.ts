import { isEcrHost, isEcrUser } from '../ecr.ts';
import type { ActionAdapter } from '../stepReader.ts';

/** docker/login-action. */
export const login: ActionAdapter = {
  names: ['docker/login-action'],
  read(step) {
    const registry = step.input('registry') ?? [];
    const ecr = step.flag('ecr', false) === true || isEcrHost(registry) || isEcrUser(step.input('username') ?? []);
    const item = (name: string, key: string) => {
      const template = step.input(name);
      const span = step.inputSpan(name);
      return template && span ? { [key]: { template, span } } : {};
    };
    return {
      facts: [
        {
          kind: 'login',
          tool: 'docker/login-action',
          at: step.at,
          registry,
          ecr,
          ...item('username', 'user'),
          ...item('password', 'password'),
          passwordBy: 'input',
        },
      ],
    };
  },
};

/** aws-actions/amazon-ecr-login: `outputs.registry` is an Amazon ECR host. */
export const ecrLogin: ActionAdapter = {
  names: ['aws-actions/amazon-ecr-login'],
  read(step) {
    const [name, registry] = step.output('registry', 'line');
    return {
      facts: [{ kind: 'login', tool: 'aws-actions/amazon-ecr-login', at: step.at, registry, ecr: true, passwordBy: 'helper' }],
      outputs: new Map([[name, registry]]),
    };
  },
};

/** actions/checkout. */
export const checkout: ActionAdapter = {
  names: ['actions/checkout'],
  read(step) {
    const ref = step.input('ref');
    const span = step.inputSpan('ref');
    const depth = step.text('fetch-depth');
    const repository = step.input('repository');
    const repositorySpan = step.inputSpan('repository');
    const path = step.input('path');
    const pathSpan = step.inputSpan('path');
    return {
      facts: [
        {
          kind: 'checkout',
          at: step.at,
          ...(ref && span && { ref: { template: ref, span } }),
          ...(repository && repositorySpan && { repository: { template: repository, span: repositorySpan } }),
          ...(path && pathSpan && { path: { template: path, span: pathSpan } }),
          // The action fetches one commit unless told otherwise.
          depth: step.inputSpan('fetch-depth') === undefined ? 1 : depth !== undefined && /^\d+$/.test(depth) ? Number(depth) : undefined,
        },
      ],
      outputs: new Map([step.output('commit', 'sha40'), step.output('ref', 'gitRef')]),
    };
  },
};

/** docker/setup-buildx-action; `driver-opts` may pin the BuildKit image. */
export const setupBuildx: ActionAdapter = {
  names: ['docker/setup-buildx-action', 'useblacksmith/setup-docker-builder'],
  read(step) {
    const buildkit = pinnedBuildKit(step.text('driver-opts') ?? '');
    const driver = step.text('driver');
    return { facts: [{ kind: 'builder', at: step.at, ...(buildkit && { buildkit }), ...(driver && { driver }) }] };
  },
};

/** The version in `image=moby/buildkit:v0.12.3`, as `[0, 12]`. */
export function pinnedBuildKit(options: string): readonly [number, number] | undefined {
  const version = /(?:^|[\s,])image=[^\s,]*\bbuildkit:v?(\d+)\.(\d+)/.exec(options);
  return version ? [Number(version[1]), Number(version[2])] : undefined;
}
