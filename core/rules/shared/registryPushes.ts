import { referenceParts } from '../../image/mobility.ts';
import { alternatives, literal, type Template } from '../../image/template.ts';
import { isEcrHost } from '../../usage/ecr.ts';
import type { Build, Item, Login, Push, Retag, Usage } from '../../usage/usage.ts';

/** The registry that a reference names; `undefined` where nobody knows. Docker Hub is `docker.io`, Amazon ECR `ecr` whatever the account. */
export type Registry = string | undefined;

/** An image that is sent to a registry. */
export interface RegistryPush {
  readonly usage: Build | Push | Retag;
  readonly item: Item;
  /** One of the item's forms. */
  readonly reference: Template;
  readonly registry: Registry;
  /** The events with which it is sent. */
  readonly events: readonly string[];
}

const hub: ReadonlySet<string> = new Set([
  '',
  'docker.io',
  'index.docker.io',
  'registry-1.docker.io',
  'registry.hub.docker.com',
  'hub.docker.com',
]);

/** What a usage sends to registries: nothing where it may never be sent. */
export function registryPushes(usage: Usage, ecrLogins: readonly Template[] = []): readonly RegistryPush[] {
  const sent = (found: RegistryPush['usage'], items: readonly Item[], events: readonly string[]) =>
    (events.length > 0 ? items : []).flatMap(item =>
      alternatives(item.template).map(reference => ({ usage: found, item, reference, registry: registryOf(reference, ecrLogins), events })),
    );
  if (usage.kind === 'push') return sent(usage, [usage.reference], usage.events);
  if (usage.kind === 'retag') return usage.remote ? sent(usage, [usage.to], usage.events) : [];
  if (usage.kind !== 'build' || usage.pushes === false) return [];
  return sent(usage, usage.tags, usage.pushEvents ?? usage.events);
}

function registryOf(reference: Template, ecrLogins: readonly Template[]): Registry {
  if (isEcrHost(reference, ecrLogins)) return 'ecr';
  const { start, whole } = beginning(referenceParts(reference).name);
  // `123456789012.dkr.ecr.` and a region: the host goes on in a part that nobody knows.
  const slash = start.indexOf('/');
  if (slash < 0) return whole && start !== '' ? 'docker.io' : undefined;
  const host = start.slice(0, slash);
  return /[.:]/.test(host) || host === 'localhost' ? hostName(host) : 'docker.io';
}

/** The known text that a name begins with, and whether that is all of it. */
function beginning(name: Template): { readonly start: string; readonly whole: boolean } {
  const end = name.findIndex(({ kind }) => kind !== 'text');
  return { start: literal(end < 0 ? name : name.slice(0, end)) ?? '', whole: end < 0 };
}

/** A host as it is compared: Docker Hub has several. */
function hostName(written: string): string {
  const [host = ''] = written
    .trim()
    .replace(/^https?:\/\//i, '')
    .split('/', 1);
  return hub.has(host.toLowerCase()) ? 'docker.io' : host.toLowerCase();
}

/** The registries that a login is for; `undefined` among them where one of them is not known. */
export function loginRegistries(login: Login): readonly Registry[] {
  if (login.ecr) return ['ecr'];
  return alternatives(login.registry).map(form => {
    const known = literal(form);
    return known === undefined ? undefined : hostName(known);
  });
}

/** Whether a login may be the one that a push to the registry needs. */
export function mayServe(login: Login, registry: Registry): boolean {
  const served = loginRegistries(login);
  return served.includes(undefined) || served.includes(registry);
}
