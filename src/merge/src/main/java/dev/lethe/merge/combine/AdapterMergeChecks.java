package dev.lethe.merge.combine;

import dev.lethe.merge.InvalidInput;
import dev.lethe.merge.adapter.AdapterFolder;
import dev.lethe.merge.adapter.LoraModule;
import dev.lethe.merge.adapter.WholeTensor;
import dev.lethe.merge.engine.StoredTensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/** Checks adapters before they are merged, and reports every problem at once, in one line. */
final class AdapterMergeChecks {
    private final List<AdapterMerge.Input> inputs;
    private final List<AdapterFolder> adapters;
    private final List<String> problems = new ArrayList<>();

    private AdapterMergeChecks(List<AdapterMerge.Input> inputs, List<AdapterFolder> adapters) {
        this.inputs = inputs;
        this.adapters = adapters;
    }

    static void check(List<AdapterMerge.Input> inputs, List<AdapterFolder> adapters) {
        if (inputs.isEmpty()) {
            throw InvalidInput.at("merge", "inputs", "none", "at least one adapter");
        }
        AdapterMergeChecks checks = new AdapterMergeChecks(inputs, adapters);
        checks.checkEach();
        checks.checkTogether();
        if (!checks.problems.isEmpty()) {
            throw new InvalidInput(String.join("; ", checks.problems));
        }
        List<String> notFinite = adapters.parallelStream()
                .flatMap(adapter -> notFinite(adapter).stream())
                .toList();
        if (!notFinite.isEmpty()) {
            throw new InvalidInput(String.join("; ", notFinite));
        }
    }

    private static Optional<String> notFinite(AdapterFolder adapter) {
        try {
            adapter.requireFinite();
            return Optional.empty();
        } catch (InvalidInput e) {
            return Optional.of(e.getMessage());
        }
    }

    private void checkEach() {
        for (int i = 0; i < inputs.size(); i++) {
            AdapterMerge.Input input = inputs.get(i);
            if (!Double.isFinite(input.weight())) {
                report(i, "weight", Double.toString(input.weight()), "a finite number");
            }
            String bias = adapters.get(i).config().bias();
            if (!bias.equals("none")) {
                report(i, "bias", bias, "none: trained biases cannot be merged");
            }
            if (adapters.get(i).modules().isEmpty()) {
                report(i, "tensors", "no LoRA factor", "lora_A, lora_B");
            }
            if (adapters.get(i).config().dora()) {
                String expected =
                        "plain LoRA: DoRA's lengths are of one adapter on its base; semantics lethe merges the models";
                report(i, "use_dora", "true", expected);
            }
        }
    }

    private void checkTogether() {
        TreeMap<String, LoraModule> known = new TreeMap<>();
        TreeMap<String, Integer> owners = new TreeMap<>();
        for (int i = 0; i < adapters.size(); i++) {
            checkBase(i);
            for (LoraModule module : adapters.get(i).modules().values()) {
                LoraModule other = known.putIfAbsent(module.path(), module);
                if (other != null) {
                    checkSameWeight(i, module, other);
                }
            }
            for (WholeTensor whole : adapters.get(i).wholes().values()) {
                Integer owner = owners.putIfAbsent(whole.tensor(), i);
                if (owner != null) {
                    checkSame(i, whole, owner);
                }
            }
        }
    }

    /** Compares the digests where both are recorded, else the names where both are. */
    private void checkBase(int i) {
        AdapterFolder adapter = adapters.get(i);
        for (AdapterFolder earlier : adapters.subList(0, i)) {
            if (adapter.baseDigest().isPresent() && earlier.baseDigest().isPresent()) {
                requireEqual(
                        i,
                        "base digest",
                        adapter.baseDigest().get(),
                        earlier.baseDigest().get());
            } else if (adapter.config().baseModel() != null && earlier.config().baseModel() != null) {
                requireEqual(
                        i,
                        "base_model_name_or_path",
                        adapter.config().baseModel(),
                        earlier.config().baseModel());
            }
        }
    }

    /** Whole tensors are copied to the result: there is one of each. */
    private void checkSame(int i, WholeTensor whole, int owner) {
        WholeTensor other = Objects.requireNonNull(adapters.get(owner).wholes().get(whole.tensor()));
        boolean same = whole.info().dimensions().equals(other.info().dimensions())
                && AdaptedModel.same(
                        new StoredTensor(adapters.get(i).file(), whole.info()),
                        new StoredTensor(adapters.get(owner).file(), other.info()));
        if (!same) {
            String found = "a tensor other than that of " + inputs.get(owner).name();
            report(i, whole.stored(), found, "the same in every adapter: what is no factor cannot be merged");
        }
    }

    /** The sizes of the base model's weight must agree; the method compares the ranks. */
    private void checkSameWeight(int i, LoraModule module, LoraModule other) {
        requireEqual(i, module.path() + " as an embedding", module.embedding(), other.embedding());
        int columns = 1 - LoraModule.RANK_AXIS_OF_A;
        int rows = 1 - LoraModule.RANK_AXIS_OF_B;
        requireEqual(
                i,
                module.path() + " inputs",
                module.a().info().dimensions().get(columns),
                other.a().info().dimensions().get(columns));
        requireEqual(
                i,
                module.path() + " outputs",
                module.b().info().dimensions().get(rows),
                other.b().info().dimensions().get(rows));
    }

    private void requireEqual(int i, String field, Object found, Object expected) {
        if (!Objects.equals(found, expected)) {
            report(i, field, found.toString(), expected + " as in an earlier adapter");
        }
    }

    private void report(int i, String field, String found, String expected) {
        String where = "%s (%s)".formatted(inputs.get(i).name(), inputs.get(i).path());
        String problem = InvalidInput.at(where, field, found, expected).getMessage();
        if (problem != null && !problems.contains(problem)) {
            problems.add(problem);
        }
    }
}
