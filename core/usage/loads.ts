import type { Job } from '../workflow/model.ts';

// An archive that holds images, or a tool that makes them and hands them to the machine's own store.
const commands =
  /(?:^|[\s;&|(])(?:(?:docker|podman|nerdctl|buildah)\s+(?:image\s+)?(?:load|import)|ctr\s+(?:\S+\s+)*images?\s+import|docker[\s-]compose\s+(?:\S+\s+)*(?:build|up|run|create)|(?:earthly|pack|nix|nix-build|s2i|nixpacks)\s)/;

/** Whether the job brings images onto its machine that no registry has, under names that nobody can see. */
export function loadsImages(job: Job): boolean {
  let loads = jobs.get(job);
  loads ??= job.steps.some(({ run }) => run && commands.test(run.value));
  jobs.set(job, loads);
  return loads;
}

const jobs = new WeakMap<Job, boolean>();
