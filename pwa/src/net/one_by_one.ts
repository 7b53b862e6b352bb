/** Runs what it is given one after another, in the order in which it was given; what fails holds up nothing. */
export function oneByOne(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return <T>(work: () => Promise<T>) => {
    const done = last.then(work, work);
    last = done;
    return done;
  };
}
