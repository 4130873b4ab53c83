import { display, literal } from '../../image/template.ts';
import type { ShellCommand } from '../../shell/command.ts';
import type { Step } from '../../workflow/model.ts';

/** What a gate asks: whether it answers, whether it is rolled out, what is in the image, who made it, whether it works. */
export type GateKind = 'health' | 'rollout' | 'scan' | 'signature' | 'test';

/** A command or action whose answer decides whether an image goes on, or stays. */
export interface Gate {
  readonly kind: GateKind;
  /** For people: `kubectl rollout status`. */
  readonly name: string;
  /** It asks something on this machine: a container that was started to be tried. */
  readonly here?: true;
}

/** The programs of gates: most commands are others. */
export const gatekeepers: ReadonlySet<string> = new Set(
  (
    'curl wget http https xh kubectl oc helm argocd aws trivy grype snyk dockle docker podman cosign gh notation slsa-verifier ' +
    'container-structure-test dgoss'
  ).split(' '),
);

/** A program with the words that follow each other in its call, and what else has to be so. */
type Row = readonly [program: string, words: string, kind: GateKind, when?: (line: string) => boolean];

const setsExitCode = (line: string) => / --exit-code[= ][^0 ]/.test(line);

const rows: readonly Row[] = [
  ['kubectl', 'rollout status', 'rollout', line => !/ (?:--watch|-w)=false\b/.test(line)],
  ['kubectl', 'wait', 'rollout', line => !/ --for[= ]delete\b/.test(line)],
  ['kubectl', 'argo rollouts status', 'rollout'],
  ['argocd', 'app wait', 'rollout'],
  ['helm', 'test', 'test'],
  ['helm', 'upgrade', 'rollout', line => / --(?:wait|atomic)\b(?!=false)/.test(line)],
  ['aws', 'ecs wait', 'rollout'],
  ['aws', 'deploy wait', 'rollout'],
  ['aws', 'lambda wait', 'rollout'],
  ['aws', 'apprunner wait', 'rollout'],
  ['aws', 'elasticbeanstalk wait', 'rollout'],
  ['aws', 'ecr wait image-scan-complete', 'scan'],
  ['trivy', 'image', 'scan', setsExitCode],
  ['trivy', 'i', 'scan', setsExitCode],
  ['grype', '', 'scan', line => / (?:--fail-on|-f)[= ]/.test(line)],
  ['snyk', 'container test', 'scan'],
  ['docker', 'scout cves', 'scan', line => / (?:--exit-code|-e)\b/.test(line)],
  ['dockle', '', 'scan', setsExitCode],
  ['cosign', 'verify', 'signature'],
  ['cosign', 'verify-attestation', 'signature'],
  ['gh', 'attestation verify', 'signature', line => line.includes(' oci://')],
  ['notation', 'verify', 'signature'],
  ['slsa-verifier', 'verify-image', 'signature'],
  ['container-structure-test', 'test', 'test'],
  ['dgoss', 'run', 'test'],
];

const healthy =
  /\/(?:[\w-]*health[\w-]*|ready|readyz|readiness|live|livez|liveness|ping|smoke[\w-]*|status|alive|up)(?![\w-])|health|HEALTH/;
const saysHealth = /\b(?:health|smoke|readiness|liveness)/i;
// Writes, downloads, and what only looks at a registry or an API.
const otherUse =
  / -(?:X|-request)[= ]?["']?(?:POST|PUT|PATCH|DELETE)\b| (?:-d|--data[\w-]*|--json|-F|--form|-T|--upload-file|-O|--remote-name)\b| -[a-zA-Z]*O\b|(?:-o|--output)[= ](?!\/dev\/null)|hooks\.slack\.com|discord|api\.github\.com|WEBHOOK/;

/** Reads a command of a step as a gate; `undefined` where it is none. */
export function gateOf({ words, pipeline, position, remote }: ShellCommand, step: Step): Gate | undefined {
  const path = literal(words[0]?.template ?? []) ?? '';
  const program = path.slice(path.lastIndexOf('/') + 1);
  if (!gatekeepers.has(program)) return undefined;
  const line = [program, ...words.slice(1).map(({ template }) => display(template))].join(' ');
  const found = rows.find(
    ([name, verb, , when]) => name === (program === 'oc' ? 'kubectl' : program) && follows(line, verb) && (when?.(line) ?? true),
  );
  if (found) return { kind: found[2], name: `${program} ${found[1]}`.trim() };
  const isContainer = /^(?:docker|podman) /.test(line);
  if (isContainer && line.includes('inspect ') && line.includes('Health'))
    return { kind: 'health', name: `${program} inspect`, ...(!remote && { here: true }) };
  if (/^(?:kubectl|oc|docker|podman) (?:compose )?exec /.test(line) && healthy.test(line))
    return { kind: 'health', name: `${program} exec`, ...(isContainer && !remote && { here: true }) };
  if (!/^(?:curl|wget|https?|xh) /.test(line) || otherUse.test(line)) return undefined;
  if (!healthy.test(line) && !saysHealth.test(step.name?.value ?? '') && !saysHealth.test(step.id?.value ?? '')) return undefined;
  const next = pipeline && position !== undefined ? pipeline.parts[position + 1] : undefined;
  if (next && /^(?:sudo|bash|sh|tar|gpg|tee|gunzip|unzip|apt-key|jq)$/.test(literal(next.words[0]?.template ?? []) ?? '')) return undefined;
  const here = !remote && /\/\/(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\])\b|(?:^| )(?:localhost|127\.0\.0\.1):/.test(line);
  return { kind: 'health', name: program, ...(here && { here }) };
}

/** Whether the verb's words stand in the line, as whole words. */
function follows(line: string, verb: string): boolean {
  return verb === '' || `${line} `.includes(` ${verb} `);
}

/** Actions that fail where they find something, unless an input says that they should not. */
const actions: readonly (readonly [RegExp, GateKind, (input: (name: string) => string | undefined) => boolean])[] = [
  [/^aquasecurity\/trivy-action@/, 'scan', input => !/^0?$/.test(input('exit-code') ?? '')],
  [/^anchore\/scan-action@/, 'scan', input => input('fail-build') !== 'false'],
  [/^snyk\/actions\/docker@/, 'scan', () => true],
  [/^docker\/scout-action@/, 'scan', input => input('exit-code') === 'true'],
  [/^(?:goodwithtech|erzz)\/dockle-action@/, 'scan', input => !/^0?$/.test(input('exit-code') ?? '')],
  [/^azure\/container-scan@/, 'scan', () => true],
  [/^crazy-max\/ghaction-container-scan@/, 'scan', input => input('severity_threshold') !== undefined],
  [/^sysdiglabs\/scan-action@/, 'scan', input => input('stop-on-failed-policy-eval') === 'true'],
  [/^aws-actions\/amazon-ecs-deploy-task-definition@/, 'rollout', input => input('wait-for-service-stability') === 'true'],
  [/^notaryproject\/notation-action\/verify@/, 'signature', () => true],
  [
    /^(?:jtalk\/url-health-check-action|nev7n\/wait_for_response|emilioschepis\/wait-for-endpoint|ifaxity\/wait-on-action)@/i,
    'health',
    () => true,
  ],
];

/** Reads an action as a gate. */
export function gateAction({ uses, with: given }: Step): Gate | undefined {
  if (!uses) return undefined;
  const found = actions.find(([name]) => name.test(uses.value));
  if (!found?.[2](name => given?.entries.get(name)?.value.value.trim())) return undefined;
  return { kind: found[1], name: uses.value.replace(/@.*/s, '') };
}
