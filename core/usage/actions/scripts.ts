import type { ActionAdapter } from '../stepReader.ts';

/** An action one of whose inputs is a shell script, or the words after a program's name. */
function runner(names: readonly string[], input: string, more: { readonly program?: string; readonly remote?: true } = {}): ActionAdapter {
  return {
    names,
    read(step) {
      const text = step.step.with?.entries.get(input)?.value;
      return { facts: [], ...(text && { script: { text, ...more } }) };
    },
  };
}

/** Scripts in inputs: on another machine, in a container, again after a failure, with a cloud's command line. */
export const scriptRunners: readonly ActionAdapter[] = [
  runner(['appleboy/ssh-action'], 'script', { remote: true }),
  runner(['garygrossgarten/github-action-ssh', 'fifsky/ssh-action'], 'command', { remote: true }),
  runner(['matheusvanzan/sshpass-action'], 'run', { remote: true }),
  runner(['nick-fields/retry', 'nick-invision/retry', 'wandalen/wretry.action'], 'command'),
  runner(['azure/cli'], 'inlineScript'),
  runner(['uraimo/run-on-arch-action', 'pguyot/arm-runner-action'], 'run'),
  runner(['superfly/flyctl-actions'], 'args', { program: 'flyctl' }),
  runner(['actions-hub/kubectl', 'steebchen/kubectl'], 'args', { program: 'kubectl' }),
  runner(['digitalocean/action-doctl-exec'], 'args', { program: 'doctl' }),
];
