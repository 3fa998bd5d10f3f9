package dev.lethe.unlearning.suite;

import dev.lethe.catalog.Catalog;
import dev.lethe.catalog.Descriptor;
import dev.lethe.catalog.Named;
import dev.lethe.catalog.Settings;
import dev.lethe.merge.InvalidInput;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The suites by name: a class for each descriptor. */
public record Suites(List<Suite> all) {
    /** The suites of this version. */
    public static final Suites LETHE = new Suites(List.of(
            new Semeval2025(),
            new Memorization(),
            new MembershipAttacks(),
            new Utility(),
            new Fluency(),
            new Relearn(),
            new Quantize(),
            new Refusal(),
            new Leakage(),
            new Mmlu()));

    /** These and another. */
    public Suites with(Suite suite) {
        return new Suites(Stream.concat(all.stream(), Stream.of(suite)).toList());
    }

    /**
     * The suite of a name.
     *
     * @throws InvalidInput for an unknown name; the message suggests the nearest one
     */
    public Suite named(String name) {
        return all.stream()
                .filter(suite -> suite.descriptor().name().equals(name))
                .findFirst()
                .orElseThrow(() ->
                        InvalidInput.at("suite", "name", name, descriptors().expected(name)));
    }

    /**
     * A suite's options, complete.
     *
     * @throws InvalidInput where one is out of its bounds or not of this suite
     */
    public static Settings options(Descriptor suite, Map<String, ?> given) {
        return Settings.of(suite, given, (field, found, expected) -> InvalidInput.at("suite", field, found, expected));
    }

    private Named<Descriptor> descriptors() {
        return new Named<>(
                Catalog.SUITES.what(),
                all.stream().<Descriptor>map(Suite::descriptor).toList());
    }
}
