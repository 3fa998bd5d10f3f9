package dev.lethe.worker.publication;

import com.github.jknack.handlebars.Context;
import com.github.jknack.handlebars.EscapingStrategy;
import com.github.jknack.handlebars.Handlebars;
import com.github.jknack.handlebars.context.MapValueResolver;
import com.github.jknack.handlebars.io.ClassPathTemplateLoader;
import dev.lethe.api.document.Documents;
import dev.lethe.api.resource.Kind;
import dev.lethe.api.status.MetricValue;
import dev.lethe.api.status.Verdict;
import dev.lethe.worker.report.GateText;
import dev.lethe.worker.report.HeadlineMetric;
import dev.lethe.worker.report.MeasuredSystem;
import dev.lethe.worker.report.RecordValueResolver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * {@code README.md} of a published model, with the metadata that the Hugging Face Hub reads at its head. The words are
 * in the template {@code model-card.hbs}. What was forgotten is named by digest and number of rows, never quoted.
 *
 * @param baseModel its name
 * @param base its digest
 * @param forget nothing where no stage read a forget set
 * @param declared whether the model is published without a measurement
 * @param headings of the table of numbers
 */
record ModelCard(
        String name,
        String digest,
        @Nullable String baseModel,
        @Nullable String base,
        @Nullable Data forget,
        @Nullable Data retain,
        boolean declared,
        List<String> headings,
        List<Numbers> systems,
        List<Gate> gates,
        List<Setting> settings,
        @Nullable String lethe) {
    private static final Handlebars TEMPLATES = new Handlebars(
                    new ClassPathTemplateLoader("/dev/lethe/worker/publication", ".hbs"))
            .with(EscapingStrategy.NOOP);

    record Data(String digest, String rows) {}

    record Numbers(String name, List<String> cells) {}

    record Gate(String metric, String measured, String bound) {}

    /** @param line the settings as one line of JSON */
    record Setting(String stage, String line) {}

    static String text(String name, Evidence evidence) {
        Context context = Context.newBuilder(of(name, evidence))
                .resolver(RecordValueResolver.INSTANCE, MapValueResolver.INSTANCE)
                .build();
        try {
            // Template lines that have only a condition leave empty lines behind.
            return TEMPLATES.compile("model-card").apply(context).replaceAll("\n{3,}", "\n\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ModelCard of(String name, Evidence evidence) {
        List<StageProvenance> stages = List.copyOf(evidence.stages().values());
        return new ModelCard(
                name,
                evidence.model().digest(),
                first(stages, StageProvenance::baseName),
                first(stages, stage -> stage.kind() == Kind.ModelMerge ? stage.digestOf("base") : null),
                data(stages, "forget"),
                data(stages, "retain"),
                evidence.verdict() == Verdict.Declared,
                headlines(evidence).stream().map(HeadlineMetric::label).toList(),
                numbers(evidence),
                evidence.gates().stream()
                        .map(gate -> new Gate(gate.metric(), GateText.measured(gate), GateText.bound(gate)))
                        .toList(),
                settings(evidence),
                first(stages, StageProvenance::lethe));
    }

    private static <T> @Nullable T first(List<StageProvenance> stages, Function<StageProvenance, @Nullable T> value) {
        return stages.stream().map(value).filter(Objects::nonNull).findFirst().orElse(null);
    }

    private static @Nullable Data data(List<StageProvenance> stages, String role) {
        return stages.stream()
                .filter(stage -> stage.digestOf(role) != null)
                .map(stage -> new Data(
                        Objects.requireNonNull(stage.digestOf(role)),
                        stage.rowsOf(role) == null ? "an unrecorded number of" : String.valueOf(stage.rowsOf(role))))
                .findFirst()
                .orElse(null);
    }

    /** The base first, the published model last. */
    private static List<Numbers> numbers(Evidence evidence) {
        return evidence.systems().entrySet().stream()
                .sorted(Comparator.comparingInt(system -> place(system.getKey(), evidence)))
                .map(system -> new Numbers(
                        evidence.isPublished(system.getKey()) ? "**this model**" : system.getKey(),
                        headlines(evidence).stream()
                                .map(headline ->
                                        cell(headline.of(system.getValue().metrics())))
                                .toList()))
                .toList();
    }

    private static int place(String system, Evidence evidence) {
        if (evidence.isPublished(system)) {
            return 2;
        }
        return system.equals(MeasuredSystem.BASE) ? 0 : 1;
    }

    private static List<HeadlineMetric> headlines(Evidence evidence) {
        return HeadlineMetric.shown(evidence.systems().values().stream()
                .map(Evidence.MeasuredContent::metrics)
                .toList());
    }

    private static String cell(@Nullable MetricValue measured) {
        String interval = HeadlineMetric.interval(measured);
        String rows = measured == null || measured.total() == null ? "" : HeadlineMetric.rows(measured) + " rows";
        String notes = Stream.of(interval, rows).filter(note -> !note.isEmpty()).collect(Collectors.joining(", "));
        return HeadlineMetric.text(measured) + (notes.isEmpty() ? "" : " (" + notes + ")");
    }

    private static List<Setting> settings(Evidence evidence) {
        return evidence.stages().entrySet().stream()
                .filter(stage -> stage.getValue().settings() != null)
                .filter(stage -> stage.getValue().kind() != Kind.ModelEvaluation)
                .map(stage -> new Setting(
                        stage.getKey(), Documents.line(stage.getValue().settings())))
                .toList();
    }
}
