import { literal, type Template } from '../image/template.ts';
import type { Attribute, Build } from './usage.ts';

/**
 * What a build's options say of attestations: `provenance` and `sbom` as they are given (a boolean, or attributes), `attests` the
 * `type=…` lists. Nothing where the default holds. https://docs.docker.com/build/metadata/attestations/
 */
export function attestations(
  provenance: Template | undefined,
  sbom: Template | undefined,
  attests: readonly (readonly Attribute[])[],
): Pick<Build, 'attestations'> {
  const listed = attests.map(attributes => {
    const type = value(attributes, 'type');
    const disabled = value(attributes, 'disabled');
    return { isProvenance: type === 'provenance', asked: type === undefined ? undefined : disabled !== 'true' && disabled !== '' };
  });
  const ofProvenance = [...(provenance ? [asks(provenance)] : []), ...listed.filter(one => one.isProvenance).map(({ asked }) => asked)];
  const others = [...(sbom ? [asks(sbom)] : []), ...listed.filter(one => !one.isProvenance).map(({ asked }) => asked)];
  const all = [...ofProvenance, ...others];
  if (all.includes(true)) return { attestations: true };
  if (all.includes(undefined)) return { attestations: undefined };
  return ofProvenance.length > 0 ? { attestations: false } : {};
}

/** `false` switches it off, anything else on; `undefined` where an expression decides. */
function asks(given: Template): boolean | undefined {
  const known = literal(given)?.trim();
  return known === undefined ? undefined : known !== 'false' && known !== '';
}

function value(attributes: readonly Attribute[], name: string): string | undefined {
  const found = attributes.find(({ key }) => key.trim() === name);
  return found ? literal(found.value) : name === 'disabled' ? 'false' : undefined;
}
