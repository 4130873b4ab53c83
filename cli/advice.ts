import type { RegistryError } from '../core/registry/errors.ts';
import { isUntrusted, speaksNoTls } from '../core/registry/explain.ts';
import { loginCommand } from '../core/registry/flavours.ts';

/** What can be done about it on the command line; `undefined` where the explanation says all. */
export function advice({ code, host, detail = '', realm }: RegistryError): string | undefined {
  switch (code) {
    case 'UNAUTHORIZED':
      return `Sign in with \`${loginCommand(host)}\`.`;
    case 'UNTRUSTED_REALM':
      return realm === undefined ? undefined : `If it does, add --trust-realm ${realm}.`;
    case 'UNREACHABLE':
      if (isUntrusted(detail)) return 'NODE_EXTRA_CA_CERTS names a file with an authority of your own.';
      return speaksNoTls(detail) ? 'A registry without https needs --plain-http.' : undefined;
    default:
      return undefined;
  }
}
