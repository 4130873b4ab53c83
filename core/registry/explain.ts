import { printable } from '../text/printable.ts';
import type { RegistryError } from './errors.ts';

/** What happened, in sentences for people; what to do about it differs between editor and command line, and is said there. */
export function explain(error: RegistryError): string {
  const { host, detail } = error;
  const subject = printable(error.subject ?? 'it');
  const said = detail ? ` (${detail})` : '';
  const status = error.status ? ` (status ${error.status})` : '';
  switch (error.code) {
    case 'UNREACHABLE':
      return unreachable(host, detail ?? '');
    case 'RESET':
      return `${host} closed the connection before its answer was complete. Try again.`;
    case 'TIMEOUT':
      return `${host} did not answer in time${said}. Check the network, or try again.`;
    case 'NOT_A_REGISTRY':
      return `${host} does not answer as a registry${status}. Check the host; a proxy or a sign-in page may answer in its place.`;
    case 'UNAUTHORIZED':
      return `${host} wants credentials for ${subject}${said}.`;
    case 'DENIED':
      return `${host} refuses access to ${subject}${said}. Check what the credentials may do.`;
    case 'NAME_UNKNOWN':
      return `${host} has no repository ${subject}.`;
    case 'MANIFEST_UNKNOWN':
      return `${host} has no image ${subject}.`;
    case 'BLOB_UNKNOWN':
      return `${host} has lost a part of the image: ${subject} is not there.`;
    case 'MANIFEST_BLOB_UNKNOWN':
      return `${host} does not take the manifest: a part of the image is not there${said}.`;
    case 'NAME_INVALID':
      return `${subject} is no name of a repository.`;
    case 'TAG_INVALID':
      return error.status
        ? `${host} does not take the tag ${subject}${said}. It may be immutable there.`
        : `${subject} is no tag and no digest.`;
    case 'TOOMANYREQUESTS':
      return `${host} answers too many requests already${error.retryAfter ? `; it asks to wait ${seconds(error.retryAfter)}` : ''}. Try again later.`;
    case 'DIGEST_MISMATCH':
      return `${host} sent something else for ${subject} than its digest says${said}. Nothing of it is used.`;
    case 'MANIFEST_INVALID':
    case 'DIGEST_INVALID':
    case 'SIZE_INVALID':
      if (error.request?.startsWith('PUT ')) return `${host} does not take the manifest of ${subject}${said}.`;
      return error.status && error.status >= 400
        ? `${host} gave an answer that is not expected${status}${said}.`
        : `What ${host} has under ${subject} is no manifest that Tallyman can read.`;
    case 'TOO_LARGE':
      return `The answer of ${host} is too large${said}.`;
    case 'PAGING':
      return `The list of ${host} does not end as it should: ${detail ?? 'its pages lead nowhere'}.`;
    case 'REDIRECT':
      return `${host} redirects in a way that is not followed${said}.`;
    case 'UNTRUSTED_REALM':
      return `${host} wants its credentials sent to ${error.realm ?? 'another site'}, which is not known to belong to it.`;
    case 'INSECURE':
      return error.realm
        ? `${host} wants credentials sent to ${error.realm} without encryption, so they are not sent.`
        : `${host} wants credentials, which are never sent over plain http. Use https.`;
    case 'FOREIGN_API':
      return `${detail ?? 'The address of the interface'} is no address that credentials of ${host} may be sent to. Check \`api\` of this registry.`;
    case 'SESSION_EXPIRED':
      return `The AWS session${error.awsLogin?.profile === undefined ? '' : ` of profile ${printable(error.awsLogin.profile)}`} is over, so ${host} is not asked.`;
    case 'REFERENCED':
      return `${subject} is part of a multi-platform image, so ${host} keeps it. Delete that image first${said}.`;
    case 'UNSUPPORTED':
      return subject === 'the catalog' ? `${host} does not list its repositories. Name one.` : `${host} does not support this${said}.`;
    case 'SERVER_ERROR':
      return `${host} has trouble of its own${status}. Try again later.`;
    case 'UNEXPECTED':
      return `${host} gave an answer that is not expected${status}${said}.`;
  }
}

/** True for the system's words for a server that answers https with something else. */
export function speaksNoTls(detail: string): boolean {
  return /SSL|EPROTO|HPE_/.test(detail);
}

/** True for the system's words for a certificate that no known authority signed, or that is another host's. */
export function isUntrusted(detail: string): boolean {
  return /CERT|SIGNATURE|ALTNAME/.test(detail);
}

function unreachable(host: string, detail: string): string {
  if (detail === 'ENOTFOUND' || detail === 'EAI_AGAIN') return `The host ${host} is not found. Check its name and the network.`;
  if (detail === 'ECONNREFUSED') return `Nothing answers at ${host}. Is the registry running?`;
  if (/SSL|EPROTO|HPE_/.test(detail)) return `${host} does not speak https as expected (${detail}).`;
  if (isUntrusted(detail)) return `The certificate of ${host} is not trusted (${detail}).`;
  return `${host} cannot be reached${detail && ` (${detail})`}. Check the network and the proxy settings.`;
}

function seconds(milliseconds: number): string {
  const count = Math.ceil(milliseconds / 1000);
  return count < 120 ? `${count} s` : `${Math.ceil(count / 60)} min`;
}
