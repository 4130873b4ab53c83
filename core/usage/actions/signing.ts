import { derived } from '../../image/template.ts';
import { optionalItem } from '../optional.ts';
import type { ActionAdapter, StepReader } from '../stepReader.ts';
import type { Fact, Item } from '../usage.ts';

/** Attestations: `subject-name` and `subject-digest` name the image; without a digest the subject is a file. */
export const attest: ActionAdapter = {
  names: [
    'actions/attest-build-provenance',
    'actions/attest',
    'actions/attest-sbom',
    'slsa-framework/slsa-github-generator/.github/workflows/generator_container_slsa3.yml',
  ],
  read(step) {
    const subject = subjectOf(step);
    const outputs = new Map([
      step.output('attestation-id', 'line'),
      step.output('attestation-url', 'line'),
      step.output('bundle-path', 'line'),
    ]);
    return { facts: subject ? [{ kind: 'sign', tool: step.name, at: step.at, reference: subject }] : [], outputs };
  },
};

function subjectOf(step: StepReader): Item | undefined {
  const name = step.item('subject-name') ?? step.item('image');
  const digest = step.item('subject-digest') ?? step.item('digest');
  if (!name || !digest) return undefined;
  return { template: [...name.template, ...derived('@', step.at), ...digest.template], span: digest.span };
}

/** Notation signs, and verifies by a trust policy in a file. */
const notation = (verb: 'sign' | 'verify'): ActionAdapter => ({
  names: [`notaryproject/notation-action/${verb}`],
  read(step) {
    const reference = step.item('target_artifact_reference');
    return { facts: reference ? [{ kind: verb, tool: step.name, at: reference.span, reference }] : [] };
  },
});

export const notationActions: readonly ActionAdapter[] = [notation('sign'), notation('verify')];

/** Scanners and describers: they ask the registry for the image, or read the one on the machine. */
export const scanners: ActionAdapter = {
  names: [
    'aquasecurity/trivy-action',
    'anchore/scan-action',
    'anchore/sbom-action',
    'docker/scout-action',
    'snyk/actions/docker',
    'goodwithtech/dockle-action',
    'erzz/dockle-action',
    'azure/container-scan',
    'crazy-max/ghaction-container-scan',
    'sysdiglabs/scan-action',
    'phonito/phonito-scanner-action',
    'wagoodman/dive-action',
    'maximousblk/dive-action',
  ],
  read(step) {
    const image = ['image-ref', 'image', 'image-name', 'image-tag']
      .map(name => step.item(name))
      .find(item => item && item.template.length > 0);
    const { reference } = optionalItem('reference', image);
    const facts: readonly Fact[] = reference ? [{ kind: 'inspect', tool: step.name, at: reference.span, reference }] : [];
    return { facts };
  },
};
