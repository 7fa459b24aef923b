# shellcheck shell=bash
# Sourced by what runs arm64 programs on another machine, through qemu and the kernel's binfmt_misc.

# The processor of a Raspberry Pi 4, which the inference runtime also looks up in /proc/cpuinfo.
export QEMU_CPU=cortex-a72

enable_emulation() {
    local binfmt=/proc/sys/fs/binfmt_misc
    mountpoint -q "$binfmt" || mount -t binfmt_misc binfmt_misc "$binfmt"
    [[ -e $binfmt/qemu-aarch64 ]] || update-binfmts --enable qemu-aarch64
    [[ -e $binfmt/qemu-aarch64 ]] || {
        echo "this kernel does not run arm64 programs through qemu (binfmt_misc)" >&2
        return 1
    }
}

# /proc/cpuinfo as on a Pi 4: the x86 one that shows through would crash the inference runtime.
cpuinfo_of_a_pi() {
    local core
    for core in 0 1 2 3; do
        printf 'processor\t: %s\nBogoMIPS\t: 108.00\nFeatures\t: fp asimd evtstrm crc32 cpuid\n' "$core"
        printf 'CPU implementer\t: 0x41\nCPU architecture: 8\nCPU variant\t: 0x0\n'
        printf 'CPU part\t: 0xd08\nCPU revision\t: 3\n\n'
    done
}
