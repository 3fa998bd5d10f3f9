package dev.lethe.worker.stage;

/** The CPU cores that this process may use: those of the machine, or {@code OMP_NUM_THREADS} where somebody set it. */
public final class Cores {
    private Cores() {}

    public static int available() {
        String said = System.getenv("OMP_NUM_THREADS");
        int cores = Runtime.getRuntime().availableProcessors();
        return said != null && said.matches("[1-9][0-9]{0,3}") ? Math.min(cores, Integer.parseInt(said)) : cores;
    }
}
