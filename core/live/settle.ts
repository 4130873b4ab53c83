import { parseReference } from '../image/reference.ts';
import { derived, literal, type Part, type Template } from '../image/template.ts';
import type { ImageName } from './answers.ts';

/** What a workspace knows of itself that no file of it says. */
export interface Surroundings {
  /** `owner/name` of the repository that this is a checkout of, lower case as registries want it. */
  readonly repository?: string;
}

/** The template with what the surroundings know in the place of the expressions for it. */
export function settled(template: Template, { repository }: Surroundings): Template {
  if (repository === undefined) return template;
  return template.flatMap((part): readonly Part[] => {
    if (part.kind !== 'hole') return [part];
    const value = contextValue(part.source.toLowerCase(), repository);
    const asItIs = (part.changes ?? []).every(change => lowering.test(change));
    return value === undefined || !asItIs ? [part] : derived(value, part.at);
  });
}

const lowering = /^(?:\$\{\w+,,\}|tr '?(?:\[:upper:\]|A-Z)'? '?(?:\[:lower:\]|a-z)'?|lower case)$/;

function contextValue(source: string, repository: string): string | undefined {
  const [owner, name] = repository.split('/');
  if (source === 'github.repository' || source === 'github.event.repository.full_name') return repository;
  if (source === 'github.repository_owner' || source === 'github.event.repository.owner.login') return owner;
  return source === 'github.event.repository.name' ? name : undefined;
}

/** The image that a settled form names; `undefined` where a part is unknown, or where it is no reference. */
export function imageNamed(form: Template): ImageName | undefined {
  const text = literal(form);
  const reference = text === undefined ? undefined : parseReference(text);
  // Docker's name for nothing at all, which no registry has.
  if (!reference || text === 'scratch') return undefined;
  const { host = 'docker.io', repository, tag, digest } = reference;
  if (digest) return { host, repository, ...(tag !== undefined && { tag }), digest };
  return { host, repository, tag: tag ?? 'latest' };
}
