package dev.lethe.cli.command;

import com.sun.management.OperatingSystemMXBean;
import dev.lethe.api.stage.ExitCode;
import dev.lethe.unlearning.hardware.Gpus;
import dev.lethe.unlearning.hardware.Processor;
import dev.lethe.unlearning.tensor.Libtorch;
import dev.lethe.worker.stage.Cores;
import java.lang.management.ManagementFactory;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** What there is to compute with. */
@Command(
        name = "devices",
        description = {
            "Say what there is to compute with: the processor and the kernels that run on it, the GPUs, and where none can",
            "be used, why. LETHE_BLAS=openblas|mkl|auto chooses the library that multiplies matrices on the processor."
        })
public final class DevicesCommand implements Callable<Integer> {
    @Override
    public Integer call() {
        System.out.print(here().text());
        return ExitCode.DONE.code();
    }

    private static Devices here() {
        // Java's own view, which knows of the limits of a container.
        OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        return new Devices(
                Processor.here(),
                Cores.available(),
                system.getTotalMemorySize(),
                Libtorch.blas(),
                Libtorch.cpuCapability(),
                Libtorch.cuda(),
                Gpus.hereWithFreeMemory());
    }
}
