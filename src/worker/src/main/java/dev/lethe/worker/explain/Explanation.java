package dev.lethe.worker.explain;

import dev.lethe.api.resource.Source;
import dev.lethe.api.resource.SuiteSpec;
import dev.lethe.catalog.Catalog;
import dev.lethe.catalog.MethodDescriptor;
import dev.lethe.catalog.Semantics;
import dev.lethe.catalog.SuiteDescriptor;
import dev.lethe.planner.recipe.ResolvedJob;
import dev.lethe.planner.recipe.ResolvedJob.ResolvedMerge;
import dev.lethe.planner.recipe.ResolvedJob.ResolvedSpecialist;
import dev.lethe.unlearning.data.Prompting;
import dev.lethe.unlearning.data.Rows;
import dev.lethe.unlearning.generation.SampledRows;
import dev.lethe.unlearning.suite.MembershipDocuments;
import dev.lethe.worker.FileUris;
import dev.lethe.worker.preflight.PreflightResult;
import dev.lethe.worker.search.SearchOutline;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a job will try and why, in plain words, for people who never saw one. Equal jobs with equal data have equal texts.
 *
 * @param name of the job
 * @param job with every setting, and absolute URIs of files
 * @param checked the same, with its data
 */
public record Explanation(String name, ResolvedJob job, PreflightResult checked) {
    /** The text, ending with a newline. */
    public String text() {
        Paragraphs text = new Paragraphs();
        text.heading(name + ": what a run will try, and why. Nothing was run, and nothing was written.");
        request(text);
        trainings(text);
        merge(text);
        measurements(text);
        new GateTexts(job, checked).in(text);
        end(text);
        return text.toString();
    }

    private void request(Paragraphs text) {
        text.heading("The request");
        text.text(
                2,
                "A model of %s parameters (%s) is to forget %s and to keep %s."
                        .formatted(
                                PreflightResult.millions(checked.parameters()),
                                checked.family(),
                                rows("forget"),
                                job.retain() == null
                                        ? SampledRows.ROWS + " rows that it says by itself, as none were given"
                                        : rows("retain")));
        text.text(
                2,
                "Recipe %s. %s"
                        .formatted(
                                job.recipe(),
                                Catalog.RECIPES.find(job.recipe()).orElseThrow().summary()));
    }

    private String rows(String role) {
        Rows rows = Objects.requireNonNull(checked.rows().get(role));
        return "%d rows (%s)".formatted(rows.size(), FileUris.path(uri(role)).getFileName());
    }

    private String uri(String role) {
        return (role.equals("forget") ? job.forget() : Objects.requireNonNull(job.retain())).uri();
    }

    private void trainings(Paragraphs text) {
        text.heading("1. Training: %s, each an adapter beside the model's own weights"
                .formatted(count(job.specialists().size())));
        int width =
                width(job.specialists().stream().map(ResolvedSpecialist::name).toList());
        SpecialistText first = null;
        for (ResolvedSpecialist specialist : job.specialists()) {
            SpecialistText own = SpecialistText.of(specialist, checked.leadingRows(specialist.objective()));
            text.item(
                    2,
                    specialist.name(),
                    width,
                    first == null
                            ? own.whole()
                            : own.beside(first, job.specialists().getFirst().name()));
            first = first == null ? own : first;
        }
    }

    private static String count(int specialists) {
        return specialists == 1 ? "one specialist" : specialists + " specialists";
    }

    private void merge(Paragraphs text) {
        List<String> names =
                job.specialists().stream().map(ResolvedSpecialist::name).toList();
        if (job.merge().search() != null) {
            text.heading("2. Merge: searched for, by measurement");
            int checkpoints = job.specialists().stream()
                    .map(it -> Objects.requireNonNullElse(it.training().keepCheckpoints(), 0))
                    .max(Integer::compare)
                    .orElse(0);
            SearchOutline.of(
                            job.merge().search(),
                            names,
                            checkpoints,
                            nonMembers().isPresent())
                    .forEach(it -> text.text(2, it));
        } else {
            text.heading("2. Merge: as the job names it");
            text.text(2, named(job.merge(), names));
        }
    }

    private static String named(ResolvedMerge merge, List<String> names) {
        String method = Objects.requireNonNull(merge.method());
        List<Double> weights = Objects.requireNonNull(merge.weights());
        Map<String, String> shares = new LinkedHashMap<>();
        for (int i = 0; i < names.size(); i++) {
            shares.put(names.get(i), SpecialistText.number(weights.get(i)));
        }
        String weighed = shares.entrySet().stream()
                .map(it -> it.getKey() + " " + it.getValue())
                .collect(Collectors.joining(", "));
        return "%s%s, weights %s. %s"
                .formatted(
                        method,
                        merge.density() == null ? "" : " of density " + SpecialistText.number(merge.density()),
                        weighed,
                        method(method, merge.semantics())
                                .map(MethodDescriptor::summary)
                                .orElse(""));
    }

    private static Optional<MethodDescriptor> method(String name, String semantics) {
        return Catalog.METHODS.all().stream()
                .filter(it -> it.name().equals(name))
                .filter(it -> it.semantics().stream().map(Semantics::text).anyMatch(semantics::equals))
                .findFirst();
    }

    private void measurements(Paragraphs text) {
        text.heading(
                "3. Measuring: the base (the model as it is), each specialist and the merge, on all forget and retain rows");
        List<SuiteSpec> suites = job.evaluation().suites();
        int width = width(suites.stream().map(SuiteSpec::name).toList());
        for (SuiteSpec suite : suites) {
            SuiteDescriptor descriptor = Catalog.SUITES.find(suite.name()).orElseThrow();
            text.item(2, suite.name(), width, (descriptor.summary() + " " + unmeasured(suite, descriptor)).strip());
        }
    }

    /** What is left out for want of data; some metrics need more than one input. */
    private static String unmeasured(SuiteSpec suite, SuiteDescriptor descriptor) {
        Map<String, List<String>> lacking = descriptor.metrics().stream()
                .flatMap(metric -> metric.needs().stream()
                        .filter(input -> suite.source(input) == null)
                        .findFirst()
                        .map(input -> Map.entry(input, metric.name()))
                        .stream())
                .collect(Collectors.groupingBy(
                        Map.Entry::getKey,
                        LinkedHashMap::new,
                        Collectors.mapping(Map.Entry::getValue, Collectors.toList())));
        return lacking.entrySet().stream()
                .map(it -> "Not measured without %s: %s."
                        .formatted(
                                it.getKey(),
                                it.getValue().size() == descriptor.metrics().size()
                                        ? "all of it"
                                        : String.join(", ", it.getValue())))
                .collect(Collectors.joining(" "));
    }

    /** Documents that the model never saw, as the first suite that has any reads them. */
    private Optional<Source> nonMembers() {
        return job.evaluation().suites().stream()
                .map(suite -> suite.source(GateTexts.NON_MEMBERS))
                .filter(Objects::nonNull)
                .findFirst();
    }

    private void end(Paragraphs text) {
        text.heading("5. The end");
        text.text(
                2,
                "Where every gate is met, the merge is written to %s with its evidence. %s nothing is written there, and the report says which bound"
                                .formatted(FileUris.path(job.output().uri()), otherwise())
                        + " was missed and by how much. --dry-run lists the stages, and --dry-run -o yaml every setting.");
        if (!checked.notes().isEmpty()) {
            text.heading("Notes");
            checked.notes().forEach(note -> text.text(2, note));
        }
    }

    private String otherwise() {
        return job.rounds() == 1
                ? "Otherwise"
                : "Where one is not, the specialists train on from where they are, to targets that leave half as much, and are merged and measured anew: at most %d rounds. After the last,"
                        .formatted(job.rounds());
    }

    static int documents(@Nullable Source source) {
        return source == null
                ? 0
                : MembershipDocuments.read(FileUris.path(source.uri()), Prompting.NONE)
                        .size();
    }

    /** Columns of the widest of some names, and a gap. */
    static int width(List<String> names) {
        return names.stream().mapToInt(String::length).max().orElse(0) + 2;
    }
}
