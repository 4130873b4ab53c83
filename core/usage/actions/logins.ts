import { derived, literal, type Template } from '../../image/template.ts';
import { isEcrHost, isEcrUser } from '../ecr.ts';
import { optionalItem } from '../optional.ts';
import type { ActionAdapter, StepReader } from '../stepReader.ts';
import type { Fact } from '../usage.ts';

/** docker/login-action and actions with the same inputs. */
export const login: ActionAdapter = {
  names: ['docker/login-action', 'redhat-actions/podman-login', 'crazy-max/ghaction-docker-login', 'azure/docker-login'],
  read(step) {
    const registry = step.input('registry') ?? step.input('login-server') ?? [];
    return { facts: [loginBy(step, registry, step.flag('ecr', false) === true)] };
  },
};

/** A login with the step's inputs `username` and `password`. */
export function loginBy(step: StepReader, registry: Template, isEcr = false): Fact {
  return {
    kind: 'login',
    tool: step.name,
    at: step.at,
    registry,
    ecr: isEcr || isEcrHost(registry) || isEcrUser(step.input('username') ?? []),
    ...optionalItem('user', step.item('username')),
    ...optionalItem('password', step.item('password')),
    passwordBy: 'input',
  };
}

/** aws-actions/amazon-ecr-login: `outputs.registry` is an Amazon ECR host, of the account itself or of the one that is named. */
export const ecrLogin: ActionAdapter = {
  names: ['aws-actions/amazon-ecr-login', 'docker/ecr-login-action'],
  read(step) {
    const [name, made] = step.output('registry', 'line');
    const registry: Template = made.map(part => (part.kind === 'hole' ? { ...part, registry: 'ecr' } : part));
    const isPublic = step.text('registry-type') === 'public';
    const accounts = step.list('registries', /[\n,]/);
    const region = step.environment('AWS_REGION') ?? step.environment('AWS_DEFAULT_REGION');
    const hosts = accounts.flatMap(({ template }): readonly Template[] => {
      const account = literal(template);
      return account && /^\d{12}$/.test(account) && region ? [derived(`${account}.dkr.ecr.${region}.amazonaws.com`, step.at)] : [];
    });
    const [only] = hosts;
    // With one account that is named, the output is its host; with several the first stays a name.
    const output = isPublic ? derived('public.ecr.aws', step.at) : accounts.length === 1 && only ? only : registry;
    const targets = isPublic || hosts.length === 0 ? [output] : hosts;
    return {
      facts: targets.map(target => ({
        kind: 'login',
        tool: step.name,
        at: step.at,
        registry: target,
        ecr: true,
        passwordBy: 'helper',
      })),
      outputs: new Map([[name, output]]),
    };
  },
};

/** These log in by themselves, setup-crane and setup-ko with the run's own token. */
export const ownLogins: ActionAdapter = {
  names: ['imjasonh/setup-crane', 'imjasonh/setup-ko', 'ko-build/setup-ko'],
  read(step) {
    return {
      facts: [{ kind: 'login', tool: step.name, at: step.at, registry: derived('ghcr.io', step.at), ecr: false, passwordBy: 'helper' }],
    };
  },
};
