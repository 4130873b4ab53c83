import { type Digest, isDigest, shortDigest } from '../image/digest.ts';
import { parseTrail, type TagKind, tagKind } from '../image/tagKind.ts';
import type { Protection, Removal, RemovalCheck, Survey } from './model.ts';
import { parentsOf, tagsOf } from './survey.ts';

/** What speaks against a removal, and what people should know before they confirm it. */
export function checksOf(removal: Omit<Removal, 'checks'>, protection: Protection, survey: Survey | undefined): readonly RemovalCheck[] {
  const { digest, tags, deletes } = removal;
  return [
    ...(deletes && survey ? childChecks(digest, survey) : []),
    ...tags.flatMap(tag => protectionChecks(tag, deletes, protection.get(tag))),
    ...tags.flatMap(pulled),
    ...belongsChecks(digest, tags, survey),
    ...(deletes && survey ? [...partChecks(digest, survey), ...attachedChecks(digest, tags, survey)] : []),
  ];
}

/** A part of an index that is there is never deleted: pulls of that platform would fail. */
function childChecks(digest: Digest, survey: Survey): readonly RemovalCheck[] {
  return parentsOf(survey, digest).map(({ digest: index, tags }): RemovalCheck => {
    const named =
      tags.length === 0 ? shortDigest(index) : `${shortDigest(index)}, which ${few(tags)} ${tags.length === 1 ? 'names' : 'name'}`;
    return { id: 'child', result: 'refused', message: `It is a part of the index ${named}; without it pulls of that would fail.` };
  });
}

/** The policy decides; where it names nothing to protect, the names that environments usually have do. */
function protectionChecks(tag: string, deletes: boolean, answer: boolean | undefined): readonly RemovalCheck[] {
  const check = (result: RemovalCheck['result'], message: string): readonly RemovalCheck[] => [{ id: 'protected', result, message }];
  if (answer === true) return check('refused', `The policy protects \`${tag}\`. Move it to another image first.`);
  if (tagKind(tag) !== 'environment') return [];
  if (deletes && answer === undefined)
    return check('refused', `\`${tag}\` looks like an environment, and what it runs would be gone. Move it to another image first.`);
  return check('warning', `\`${tag}\` looks like an environment: what runs there may be pulled again at any time.`);
}

const pulledWords: Partial<Readonly<Record<TagKind, string>>> = {
  latest: 'is what is pulled where no tag is named; that fails until the next push',
  moving: 'follows a branch or a line of releases; pulls of it fail until the next push',
  release: 'looks like a release: whoever pins it can no longer pull it',
};

function pulled(tag: string): readonly RemovalCheck[] {
  const trail = parseTrail(tag);
  if (trail)
    return [
      {
        id: 'trail',
        result: 'warning',
        message: `\`${tag}\` says what \`${trail.of}\` named on ${trail.day}; a rollback no longer finds it.`,
      },
    ];
  const words = pulledWords[tagKind(tag)];
  return words === undefined ? [] : [{ id: 'pulled', result: 'warning', message: `\`${tag}\` ${words}.` }];
}

/** Deleting a signature breaks deployments that check it as surely as deleting the image does. */
function belongsChecks(digest: Digest, tags: readonly string[], survey: Survey | undefined): readonly RemovalCheck[] {
  const named = tags.flatMap(tag => (tagKind(tag) === 'signature' ? tag.replace(/^sha256-([0-9a-f]{64}).*$/, 'sha256:$1') : []));
  const subject = survey?.subjects?.get(digest);
  const subjects = new Set([...named.filter(isDigest), ...(subject === undefined ? [] : [subject])]);
  return [...subjects].flatMap((image): readonly RemovalCheck[] => {
    const names = survey ? [...tagsOf(survey, image), ...parentsOf(survey, image).flatMap(parent => parent.tags)] : [];
    if (survey && names.length === 0) return [];
    const of = `${shortDigest(image)}${names.length === 0 ? '' : `, which ${few(names)} ${names.length === 1 ? 'names' : 'name'}`}`;
    return [
      {
        id: 'attached',
        result: 'warning',
        message: `It is a signature, an attestation or an SBOM of ${of}; whoever checks that before pulling will refuse the image.`,
      },
    ];
  });
}

/** Registries keep the platforms of a deleted index, without a name. */
function partChecks(digest: Digest, survey: Survey): readonly RemovalCheck[] {
  const children = survey.indexes.get(digest) ?? [];
  if (children.length === 0) return [];
  const what = children.length === 1 ? 'The image that it is made of stays' : `The ${children.length} manifests that it is made of stay`;
  return [{ id: 'parts', result: 'note', message: `${what} in the registry, without a tag, until the registry cleans up.` }];
}

function attachedChecks(digest: Digest, tags: readonly string[], survey: Survey): readonly RemovalCheck[] {
  const prefix = digest.replace(':', '-');
  const left = [...survey.tags.keys()].filter(tag => tag.startsWith(prefix) && !tags.includes(tag)).sort();
  if (left.length === 0) return [];
  return [
    {
      id: 'attached',
      result: 'note',
      message: `Its signatures and attestations stay behind: ${few(left.map(tag => tag.replace(prefix, 'sha256-…')))}.`,
    },
  ];
}

function few(names: readonly string[]): string {
  const quoted = names.slice(0, 5).map(name => `\`${name}\``);
  return names.length > quoted.length ? `${quoted.join(', ')} and ${names.length - quoted.length} more` : quoted.join(', ');
}
