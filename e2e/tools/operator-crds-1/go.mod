module dev.tarn/tools/operator-crds

go 1.26
