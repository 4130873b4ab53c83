import { optionalItem } from '../../optional.ts';
import type { Fact, Item, Signer } from '../../usage.ts';
import { pull } from '../docker/images.ts';
import { all, type CommandLine, flags, isOn, last } from '../flags.ts';
import { loginVerb } from '../login.ts';
import { noFlags, program, type Verb } from '../program.ts';
import { withoutOci } from '../references.ts';
import { ghApi } from './apis.ts';

const cosignFlags = flags(
  '--key --cert --certificate --certificate-chain --certificate-identity --certificate-identity-regexp --certificate-oidc-issuer ' +
    '--certificate-oidc-issuer-regexp --certificate-github-workflow-name --certificate-github-workflow-ref --certificate-github-workflow-repository ' +
    '--certificate-github-workflow-sha --certificate-github-workflow-trigger --predicate --type -a|--annotations --attachment -o|--output --policy ' +
    '--output-signature --output-certificate --output-file --output-payload --platform --only --fulcio-url --rekor-url --oidc-issuer --oidc-client-id ' +
    '--oidc-provider --identity-token --payload --signature --bundle --trusted-root --signing-config --slot --timestamp-server-url --registry-username ' +
    '--registry-password --registry-token --sbom --input-format --attestation --max-workers -t|--timeout --ca-roots --ca-intermediates --record-creation-timestamp --dir',
);

/** A verb that says something about each reference it is given. */
function about(kind: 'sign' | 'verify' | 'inspect', ...names: readonly string[]): Verb {
  return {
    names,
    flags: cosignFlags,
    read: ({ positionals }, { program: tool, verb }) =>
      positionals.map((reference: Item): Fact => ({ kind, tool: `${tool} ${verb}`, at: reference.span, reference })),
  };
}

/** `cosign verify`: whose signature it asks for is in its flags. */
const verify: Verb = {
  names: ['verify', 'verify-attestation'],
  flags: cosignFlags,
  read(line, { program: tool, verb, at }) {
    const signer = cosignSigner(line);
    // A word with nothing known in it beside the image may be flags: `cosign verify $FLAGS IMAGE`.
    const unseen = line.positionals.length > 1 ? line.positionals.filter(isUnseen) : [];
    return line.positionals
      .filter(item => !unseen.includes(item) || unseen.length === line.positionals.length)
      .map(
        (reference): Fact => ({
          kind: 'verify',
          tool: `${tool} ${verb}`,
          at,
          reference,
          signer: { ...signer, open: unseen.length > 0 },
        }),
      );
  },
};

function isUnseen({ template }: Item): boolean {
  return template.length === 1 && template[0]?.kind === 'hole' && template[0].shape === 'unknown';
}

function cosignSigner(line: CommandLine): Signer {
  const flag = (name: string) => last(line, `--certificate-${name}`);
  const own = ['--key', '--certificate', '--cert', '--certificate-chain', '--ca-roots'];
  return {
    key: all(line, ...own).length > 0 || isOn(line, '--sk') !== false,
    ...optionalItem('identity', flag('identity')),
    ...optionalItem('identityPattern', flag('identity-regexp')),
    ...optionalItem('issuer', flag('oidc-issuer')),
    ...optionalItem('issuerPattern', flag('oidc-issuer-regexp')),
    ...optionalItem('repository', flag('github-workflow-repository')),
    open: false,
  };
}

/** Copies an image with its signatures. */
const copy: Verb = {
  names: ['copy'],
  flags: cosignFlags,
  read({ positionals: [from, to] }, { at }) {
    return from && to ? [{ kind: 'retag', tool: 'cosign copy', at, from, to, remote: true, allPlatforms: true }] : [];
  },
};

const save: Verb = {
  names: ['save'],
  flags: cosignFlags,
  read: ({ positionals }) => positionals.slice(0, 1).flatMap(pull),
};

const load: Verb = {
  names: ['load'],
  flags: cosignFlags,
  read: ({ positionals }) =>
    positionals.slice(0, 1).map((reference): Fact => ({ kind: 'push', tool: 'cosign load', at: reference.span, reference })),
};

export const cosign = program(['cosign'], flags('-t|--timeout --output-file'), [
  about('sign', 'sign', 'attest', 'attach sbom', 'attach signature', 'attach attestation'),
  verify,
  about('inspect', 'triangulate', 'download sbom', 'download signature', 'download attestation', 'tree'),
  copy,
  save,
  load,
  loginVerb('login'),
]);

/** `gh attestation verify oci://REFERENCE`; other subjects are files. */
const attestation: Verb = {
  names: ['attestation verify', 'at verify'],
  flags: flags(
    '-b|--bundle --cert-identity -i|--cert-identity-regex --cert-oidc-issuer --custom-trusted-root -d|--digest-alg --format --hostname -q|--jq -L|--limit ' +
      '-o|--owner --predicate-type -R|--repo --signer-digest --signer-repo --signer-workflow --source-digest --source-ref -t|--template',
  ),
  read: (line, { at }) =>
    line.positionals
      .flatMap(item => withoutOci(item) ?? [])
      .map(
        (reference): Fact => ({
          kind: 'verify',
          tool: 'gh attestation verify',
          at,
          reference,
          signer: {
            key: false,
            ...optionalItem('identity', last(line, '--cert-identity') ?? last(line, '--signer-workflow') ?? last(line, '--signer-repo')),
            ...optionalItem('identityPattern', last(line, '--cert-identity-regex')),
            ...optionalItem('issuer', last(line, '--cert-oidc-issuer')),
            ...optionalItem('repository', last(line, '--repo')),
            ...optionalItem('owner', last(line, '--owner')),
            open: false,
          },
        }),
      ),
};

export const gh = program(['gh'], noFlags, [attestation, ghApi]);

const notationFlags = flags(
  '-k|--key --id --plugin --plugin-config --signature-format -e|--expiry -u|--username -p|--password --user-metadata -m --timestamp-url --scope',
);

export const notation = program(['notation'], noFlags, [
  { ...about('sign', 'sign'), flags: notationFlags },
  { ...about('verify', 'verify'), flags: notationFlags },
  { ...about('inspect', 'inspect', 'ls', 'list'), flags: notationFlags },
  loginVerb('login'),
]);

export const slsaVerifier = program(['slsa-verifier'], noFlags, [
  {
    ...about('verify', 'verify-image'),
    flags: flags(
      '--source-uri --source-tag --source-branch --source-versioned-tag --builder-id --provenance-path --provenance-repository --build-workflow-input',
    ),
  },
]);
