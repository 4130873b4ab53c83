import { referrerKind } from '../../core/registry/attachments.ts';
import type { Referrer } from '../../core/registry/listing.ts';
import type { Signed } from '../../protocol/registries.ts';

/** Whether somebody has signed the image, as far as the labels of what is attached tell: a signature, or a signed statement about it. */
export function signedBy(attached: readonly Referrer[]): Signed {
  const isSigned = (one: Referrer) => referrerKind(one) === 'signature' || envelope.test(one.artifactType ?? '');
  return attached.some(isSigned) ? 'signed' : 'unsigned';
}

/** Such an envelope holds nothing that is not signed: Sigstore's bundle (GitHub's attestations too), cosign's attestations of before. */
const envelope = /^application\/vnd\.dev\.(?:sigstore\.bundle|cosign\.artifact\.att)/;
