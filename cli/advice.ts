import { ecrPlace } from '../core/registry/ecr/hosts.ts';
import { isOfAwsConfiguration } from '../core/registry/ecr/trouble.ts';
import { awsLoginArguments, type RegistryError } from '../core/registry/errors.ts';
import { isUntrusted, speaksNoTls } from '../core/registry/explain.ts';
import { loginCommand } from '../core/registry/flavours.ts';
import { printable } from '../core/text/printable.ts';

/** What can be done about it on the command line; `undefined` where the explanation says all. */
export function advice(error: RegistryError): string | undefined {
  const { code, host, detail = '', realm, awsLogin } = error;
  switch (code) {
    case 'SESSION_EXPIRED':
      return awsLogin && `Run \`aws ${printable(awsLoginArguments(awsLogin).join(' '))}\`, then try again.`;
    case 'UNAUTHORIZED':
      if (ecrPlace(host) || isOfAwsConfiguration(error))
        return 'Name a profile of your AWS configuration with --profile, or set AWS_PROFILE; `aws configure list-profiles` shows them.';
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
