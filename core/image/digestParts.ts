import type { HolePart, Part, Template } from './template.ts';

const algorithm = 'sha256:';

/** The template with each digest as its known `sha256:` and the characters behind it, so that a cut can take the first away. */
export function digestsApart(template: Template): Template {
  if (!template.some(isDigest)) return template;
  return template.flatMap((part): readonly Part[] => {
    if (!isDigest(part)) return [part];
    const { at, via } = part;
    return [
      { kind: 'text', text: algorithm, at, via, derived: true },
      { ...part, shape: 'digestHex' },
    ];
  });
}

/** Undoes `digestsApart` for the digests that stayed whole. */
export function digestsTogether(template: Template): Template {
  if (!template.some(isHex)) return template;
  const parts: Part[] = [];
  for (const part of template) {
    const before = parts.at(-1);
    const isWhole = isHex(part) && before?.kind === 'text' && before.derived && before.text === algorithm && before.via === part.via;
    if (isWhole) parts[parts.length - 1] = { ...part, shape: 'digest' };
    else parts.push(part);
  }
  return parts;
}

function isDigest(part: Part): part is HolePart {
  return part.kind === 'hole' && part.shape === 'digest';
}

function isHex(part: Part): part is HolePart {
  return part.kind === 'hole' && part.shape === 'digestHex';
}
