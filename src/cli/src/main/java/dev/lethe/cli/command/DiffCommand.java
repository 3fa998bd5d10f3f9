package dev.lethe.cli.command;

import dev.lethe.api.stage.ExitCode;
import dev.lethe.merge.InvalidInput;
import dev.lethe.merge.compare.Comparison;
import dev.lethe.merge.method.Similarity;
import dev.lethe.worker.report.HeatMap;
import dev.lethe.worker.stage.Cores;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** How two models differ, so that one sees why a merge of them behaves as it does. */
@Command(
        name = "diff",
        description = "Compare two models tensor by tensor: angle, lengths, signs, and what a trim keeps of both.")
public final class DiffCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "A", description = "a model folder")
    private Path first;

    @Parameters(index = "1", paramLabel = "B", description = "another")
    private Path second;

    @Option(
            names = "--base",
            paramLabel = "BASE",
            description = "the model that both were made from: compares the differences from it")
    private @Nullable Path base;

    @Option(
            names = "--density",
            paramLabel = "SHARE",
            defaultValue = "0.2",
            description = "share of elements that a trim keeps; default 0.2")
    private double density;

    @Option(names = "--html", paramLabel = "FILE", description = "write a heat map by layer and module")
    private @Nullable Path html;

    @Option(names = "--threads", paramLabel = "N", description = "most threads; default one for each core")
    private @Nullable Integer threads;

    @Override
    public Integer call() {
        if (!(density > 0 && density <= 1)) {
            throw InvalidInput.at("diff", "--density", Double.toString(density), "a number above 0 and at most 1");
        }
        int most = threads == null ? Cores.available() : Math.max(1, threads);
        Comparison comparison = Comparison.of(first, second, base, density, most);
        System.out.printf(
                "%9s %11s %11s %11s %7s %8s  tensor%n", "cosine", "norm A", "norm B", "A - B", "signs", "overlap");
        comparison.tensors().forEach(DiffCommand::print);
        comparison.others().forEach(other -> System.out.println("not compared: " + other));
        if (html != null) {
            write(html, HeatMap.of(comparison, first, second, base, density));
        }
        return ExitCode.DONE.code();
    }

    private static void print(String name, Similarity similarity) {
        System.out.printf(
                "%9.5f %11.4g %11.4g %11.4g %6.1f%% %7.1f%%  %s%n",
                similarity.cosine(),
                similarity.norms().getFirst(),
                similarity.norms().getLast(),
                similarity.distance(),
                100 * similarity.signAgreement(),
                100 * similarity.overlap(),
                name);
    }

    private static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw InvalidInput.unwritable(file, e);
        }
        System.out.println("heat map: " + file);
    }
}
