package dev.lethe.worker.preflight;

import dev.lethe.api.resource.DecoupleSource;
import dev.lethe.api.resource.Gate;
import dev.lethe.api.resource.ModelPreparationSpec;
import dev.lethe.api.resource.ObjectiveSpec;
import dev.lethe.api.resource.RowsSource;
import dev.lethe.api.resource.Source;
import dev.lethe.api.resource.SuiteSpec;
import dev.lethe.catalog.Catalog;
import dev.lethe.catalog.DataRole;
import dev.lethe.catalog.SuiteDescriptor.Input;
import dev.lethe.merge.InvalidInput;
import dev.lethe.merge.RefusedInput;
import dev.lethe.unlearning.data.Prompting;
import dev.lethe.unlearning.data.Rows;
import dev.lethe.unlearning.generation.SampledRows;
import dev.lethe.unlearning.suite.ChoiceQuestion;
import dev.lethe.unlearning.suite.MembershipDocuments;
import dev.lethe.unlearning.suite.Suites;
import dev.lethe.worker.FileUris;
import dev.lethe.worker.Problems;
import dev.lethe.worker.engine.EngineSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Checks the rows and documents of a job: readable, of the named digests, and forget rows apart from the others. */
final class DataCheck {
    private @Nullable Rows forget;
    private @Nullable Rows retain;
    private @Nullable Rows decouple;

    /** Prompts that the model will answer, in place of decoupled rows. */
    private @Nullable Rows decouplePrompts;

    private Prompting prompting = Prompting.NONE;

    /** Whether the model will make the rows to keep: their number and kinds are known. */
    private boolean sampled;

    /** @param retainSource null where the model will make the rows */
    void check(RowsSource forgetSource, @Nullable RowsSource retainSource, @Nullable DecoupleSource decoupleSource) {
        Problems.Collector problems = new Problems.Collector();
        problems.check(() -> forget = rows("forget", forgetSource));
        sampled = retainSource == null;
        if (retainSource != null) {
            problems.check(() -> retain = rows("retain", retainSource));
        }
        if (decoupleSource != null && decoupleSource.selfDistilled()) {
            problems.check(() -> decouplePrompts = prompts(decoupleSource));
        } else if (decoupleSource != null) {
            problems.check(() -> decouple = rows("decouple", decoupleSource.rows()));
        }
        problems.raise();
        if (forget != null && retain != null) {
            Rows.requireDisjoint(forget, retain);
        }
        if (forget != null && decouple != null) {
            Rows.requireOtherTexts(forget, decouple);
        }
        if (forget != null && decouplePrompts != null) {
            Rows.requireOtherPrompts(forget, decouplePrompts);
        }
    }

    /** Puts the prompts as the model will be asked. */
    void prompt(Prompting asTheModelHasThem) {
        prompting = asTheModelHasThem;
        Problems.Collector problems = new Problems.Collector();
        problems.check(() -> forget = forget == null ? null : prompting.of(forget));
        problems.check(() -> retain = retain == null ? null : prompting.of(retain));
        problems.check(() -> decouple = decouple == null ? null : prompting.of(decouple));
        problems.check(() -> decouplePrompts = decouplePrompts == null ? null : prompting.of(decouplePrompts));
        problems.raise();
    }

    void check(SuiteSpec suite) {
        Problems.Collector problems = new Problems.Collector();
        for (Input input : Suites.LETHE.named(suite.name()).descriptor().inputs()) {
            Source source = suite.source(input.name());
            if (source != null) {
                problems.check(() -> check(input, FileUris.path(source.uri())));
            }
        }
        problems.raise();
    }

    /** What was read, by role. */
    Map<String, Rows> rows() {
        Map<String, Rows> rows = new TreeMap<>();
        put(rows, "forget", forget);
        put(rows, "retain", retain);
        put(rows, "decouple", decouple);
        put(rows, ModelPreparationSpec.DECOUPLE_PROMPTS, decouplePrompts);
        return rows;
    }

    private static void put(Map<String, Rows> rows, String role, @Nullable Rows read) {
        if (read != null) {
            rows.put(role, read);
        }
    }

    /** Whether the gates can be decided on these rows; nothing where the rows could not be read. */
    Optional<Measurability> measurability(List<SuiteSpec> suites, List<Gate> gates) {
        Rows kept = kept();
        return forget == null || kept == null
                ? Optional.empty()
                : Optional.of(Measurability.of(suites, forget, kept, prompting, gates));
    }

    /** Rows of the set that a training walks through; 0 where it could not be read. Fine-tuning learns the retain rows. */
    int leadingRows(ObjectiveSpec objective) {
        boolean forgets = Catalog.OBJECTIVES
                .find(objective.type())
                .filter(it -> !it.roles().contains(DataRole.FORGET))
                .isEmpty();
        return size(forgets ? forget : kept());
    }

    private static Rows rows(String role, RowsSource source) {
        return ofDigest(
                source.digest(),
                Rows.read(FileUris.path(source.uri()), role, EngineSettings.columns(source.columns())));
    }

    /** The rows of a source whose answers are the model's. */
    private static Rows prompts(DecoupleSource source) {
        return ofDigest(source.digest(), EngineSettings.prompts(source));
    }

    private static Rows ofDigest(@Nullable String digest, Rows rows) {
        if (digest != null && !digest.equals(rows.digest())) {
            throw RefusedInput.at(rows.source(), "digest", rows.digest(), digest);
        }
        return rows;
    }

    private @Nullable Rows kept() {
        return sampled ? SampledRows.standIn() : retain;
    }

    private static int size(@Nullable Rows rows) {
        return rows == null ? 0 : rows.size();
    }

    private void check(Input input, Path path) {
        switch (input.form()) {
            case DOCUMENTS -> {
                var unused = MembershipDocuments.read(path, prompting);
            }
            case ROWS -> {
                var unused = prompting.of(Rows.read(path));
            }
            case CHOICES -> {
                var unused = ChoiceQuestion.read(path);
            }
            case FOLDER -> {
                if (!Files.isDirectory(path)) {
                    throw InvalidInput.at(path.toString(), input.name(), "no folder", "a folder");
                }
            }
        }
    }
}
