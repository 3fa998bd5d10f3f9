package dev.lethe.unlearning.training;

import dev.lethe.merge.InvalidInput;
import dev.lethe.unlearning.model.BaseModel;
import dev.lethe.unlearning.model.LanguageModel;
import dev.lethe.unlearning.tensor.Dtype;
import dev.lethe.unlearning.tensor.Tensor;
import java.nio.file.Path;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** A copy of every weight of the base: trained in f32, saved in the type that the model's config.json declares. */
record TrainableFullModel(TrainingRequest request, BaseModel copy, LanguageModel model) implements TrainableModel {

    static TrainableFullModel begin(TrainingRequest request) {
        if (request.base().dtype() != Dtype.F32) {
            throw InvalidInput.at(
                    "training", "dtype", request.base().dtype().toString(), "float32 to train every weight");
        }
        if (request.base().expands()) {
            throw InvalidInput.at(
                    "training", "base", request.base().format().toString(), "auto, as every weight is trained");
        }
        BaseModel copy = request.base().trainableCopy();
        return new TrainableFullModel(request, copy, new LanguageModel(copy));
    }

    @Override
    public double dropout() {
        return 0;
    }

    @Override
    public SortedMap<String, Tensor> parameters() {
        return new TreeMap<>(copy.weights());
    }

    @Override
    public SortedMap<String, Double> movement() {
        double squared = 0;
        for (String name : copy.weights().keySet()) {
            squared += TrainableModel.squaredDistance(request.base().weight(name), copy.weight(name));
        }
        return new TreeMap<>(Map.of("weights", Math.sqrt(squared)));
    }

    @Override
    public void save(Path folder) {
        copy.fill(folder, copy.config().storedDtype(), request.baseFolder());
    }

    @Override
    public void close() {
        copy.close();
    }
}
