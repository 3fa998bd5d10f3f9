package dev.lethe.worker.explain;

import dev.lethe.catalog.Catalog;
import dev.lethe.catalog.ObjectiveDescriptor;
import dev.lethe.catalog.Option;
import dev.lethe.catalog.Settings;
import dev.lethe.merge.InvalidInput;
import dev.lethe.planner.recipe.ResolvedJob.ResolvedSpecialist;
import dev.lethe.unlearning.training.TrainingSettings;
import dev.lethe.unlearning.training.TrainingTarget;
import dev.lethe.worker.engine.EngineSettings;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a specialist is trained for, and when that ends.
 *
 * @param settings of its objective in words, by name
 * @param defaults names of those that are the objective's own defaults
 * @param sentences about the rest; the first is about the objective
 */
record SpecialistText(SequencedMap<String, String> settings, Set<String> defaults, List<String> sentences) {
    /** @param rows that its training walks through */
    static SpecialistText of(ResolvedSpecialist specialist, int rows) {
        ObjectiveDescriptor objective =
                Catalog.OBJECTIVES.find(specialist.objective().type()).orElseThrow();
        TrainingSettings training = EngineSettings.training(specialist.training());
        List<String> sentences = new ArrayList<>();
        sentences.add("Objective %s. %s".formatted(objective.name(), objective.summary()));
        training.until().ifPresent(target -> sentences.addAll(target(target)));
        sentences.add(length(training, rows));
        Map<String, Object> values = Settings.of(
                        objective,
                        specialist.objective().options(),
                        (field, found, expected) -> InvalidInput.at("objective", field, found, expected))
                .values();
        SequencedMap<String, String> settings = new LinkedHashMap<>();
        Set<String> defaults = new HashSet<>();
        for (Option option : objective.options()) {
            Object value = values.get(option.name());
            if (value != null) {
                settings.put(option.name(), setting(option, value));
                if (value.equals(option.standard())) {
                    defaults.add(option.name());
                }
            }
        }
        return new SpecialistText(settings, defaults, List.copyOf(sentences));
    }

    /** All that is not the objective's default. */
    String whole() {
        return text(sentences, settings.keySet().stream().filter(it -> !defaults.contains(it)), 1);
    }

    /**
     * What is not as for another.
     *
     * @param name of the other
     */
    String beside(SpecialistText other, String name) {
        if (!other.sentences.getFirst().equals(sentences.getFirst())) {
            return whole();
        }
        List<String> own = new ArrayList<>(sentences);
        own.removeAll(other.sentences);
        own.add("All else as for " + name + ".");
        return text(
                own,
                settings.keySet().stream().filter(it -> !Objects.equals(settings.get(it), other.settings.get(it))),
                0);
    }

    /** @param at which sentence the settings stand */
    private String text(List<String> said, Stream<String> names, int at) {
        String set = names.map(settings::get).collect(Collectors.joining("; "));
        List<String> all = new ArrayList<>(said);
        if (!set.isEmpty()) {
            all.add(at, "Set for it: " + set + ".");
        }
        return String.join(" ", all);
    }

    /** A word with what it means. */
    private static String setting(Option option, Object value) {
        String meaning = option.type() instanceof Option.Choice choice
                ? choice.words().stream()
                        .filter(word -> word.name().equals(value))
                        .map(word -> " (" + word.meaning() + ")")
                        .collect(Collectors.joining())
                : "";
        return option.name() + " " + (value instanceof Number number ? number(number.doubleValue()) : value) + meaning;
    }

    private static List<String> target(TrainingTarget target) {
        List<String> said = List.of(
                "Every %d steps one forward pass, the right answers given, measures what is remembered."
                        .formatted(target.every()),
                "It ends when of no forget row the model would say more than %s itself, of the tokens that only that row tells."
                        .formatted(percent(target.exactMemorization())),
                "Meanwhile the retain rows' loss may rise by %s nats per token (at the end by half of it), and %s of what the model says of them must stay; beyond"
                                .formatted(number(target.retainLoss()), percent(target.retainExact()))
                        + " that forgetting weighs less, or training goes back to where nothing was lost.");
        int attacks = Objects.requireNonNullElse(target.attacks(), 0);
        return attacks == 0
                ? said
                : Stream.concat(
                                said.stream(),
                                Stream.of(
                                        "Before it ends, a copy is fine-tuned on half of the forget rows, %s, and what comes back of the others is forgotten again, with what the copy learned beside the model."
                                                .formatted(attacks == 1 ? "once" : attacks + " times")))
                        .toList();
    }

    private static String length(TrainingSettings training, int rows) {
        int perEpoch = training.stepsPerEpoch(rows);
        String steps = "%d epochs of %d steps over %d rows: %s steps"
                .formatted(
                        training.epochs(),
                        perEpoch,
                        rows,
                        "%,d".formatted((long) training.epochs() * perEpoch).replace(',', ' '));
        return training.until().isPresent()
                ? "The ceiling is " + steps + "."
                : "It takes " + steps + ", whatever comes of it.";
    }

    static String percent(double share) {
        return number(100 * share) + " %";
    }

    static String number(double value) {
        return new DecimalFormat("0.####", DecimalFormatSymbols.getInstance(Locale.ROOT)).format(value);
    }
}
