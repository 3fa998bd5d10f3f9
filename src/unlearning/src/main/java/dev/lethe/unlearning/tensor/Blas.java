package dev.lethe.unlearning.tensor;

import dev.lethe.merge.InvalidInput;
import dev.lethe.unlearning.hardware.Processor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The library that multiplies matrices of float32 on the processor. */
public enum Blas {
    OPENBLAS,
    MKL;

    private static final String CHOICE = "LETHE_BLAS";
    private static final String FOLDER = "lethe.mkl";

    /**
     * That of this process: as {@code LETHE_BLAS} says, else as the processor's maker does.
     *
     * @throws InvalidInput where {@code LETHE_BLAS} names another, or one that is not here
     */
    public static Blas ofProcess() {
        boolean here = library().isPresent();
        return choose(System.getenv(CHOICE), here ? Processor.here().maker() : "", here);
    }

    /**
     * @param choice {@code auto} (when absent), {@code openblas} or {@code mkl}
     * @param maker the processor's
     * @param mkl whether MKL is here
     * @throws InvalidInput for another choice, and for {@code mkl} where it is not here
     */
    static Blas choose(@Nullable String choice, String maker, boolean mkl) {
        return switch (choice == null ? "auto" : choice) {
            case "auto" -> mkl && maker.equals(Processor.INTEL) ? MKL : OPENBLAS;
            case "openblas" -> OPENBLAS;
            case "mkl" -> {
                if (!mkl) {
                    throw InvalidInput.at(
                            "environment",
                            CHOICE,
                            "mkl",
                            "auto or openblas: MKL is not here (make mkl, make image BLAS=mkl)");
                }
                yield MKL;
            }
            default -> throw InvalidInput.at("environment", CHOICE, choice, "auto, openblas or mkl");
        };
    }

    /** MKL's library, in the folder that the launcher and the image name where they have it. */
    static Optional<Path> library() {
        return Optional.ofNullable(System.getProperty(FOLDER))
                .map(folder -> Path.of(folder, "libmkl_rt.so.2"))
                .filter(Files::isRegularFile);
    }
}
