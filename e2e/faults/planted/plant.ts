export function plantHere(_name: string): void {}
