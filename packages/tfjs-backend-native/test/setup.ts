import fc from 'fast-check';

/** Under a sanitizer, where kernels take many times as long, each property stops after so many seconds. */
const seconds = Number(process.env.PCAM_SECONDS_PER_PROPERTY ?? 0);
if (seconds > 0)
  fc.configureGlobal({ interruptAfterTimeLimit: seconds * 1000, markInterruptAsFailure: false });
